"""A corpus made by many machines: the same plan as a job of Spark, the same lines as on one machine."""

from khabar.spark.building import build, build_files, nquads
from khabar.spark.output import Built

__all__ = ["Built", "build", "build_files", "nquads"]
