"""A corpus made by many machines: the same plan as a job of Spark, the same lines as on one machine."""

from khabar.spark.building import build, build_files, nquads
from khabar.spark.output import Built
from khabar.spark.session import SparkFailed

__all__ = ["Built", "SparkFailed", "build", "build_files", "nquads"]
