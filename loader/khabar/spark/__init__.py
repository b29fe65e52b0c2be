"""A corpus made by many machines: the same plan as a job of Spark, the same lines as on one machine."""

from khabar.errors import SparkFailed
from khabar.spark.building import build, build_files, nquads
from khabar.spark.output import Built

__all__ = ["Built", "SparkFailed", "build", "build_files", "nquads"]
