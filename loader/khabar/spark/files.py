"""Files where Spark keeps them: on this machine, in HDFS, in object storage, through the Java runtime of the driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_AT_A_TIME: Final = 1024 * 1024
_GLOB: Final = str.maketrans({sign: f"\\{sign}" for sign in "\\*?[]{}"})
# To rename there is to copy: one object after the other, and not at once.
_OBJECT_STORES: Final = frozenset({"s3", "s3a", "s3n", "gs", "oss", "cosn", "obs", "swift", "wasb", "wasbs"})


class Files:
    """The files that a session of Spark can reach. Raises what Spark raises."""

    def __init__(self, spark: SparkSession) -> None:
        context: Any = spark.sparkContext
        self._jvm = context._jvm  # noqa: SLF001 - PySpark has no other way to Hadoop's files
        self._settings = context._jsc.hadoopConfiguration()  # noqa: SLF001

    def address(self, path: str) -> str:
        """The path in full, as `_metadata.file_path` has it."""
        return str(self._status(path).getPath().toUri().toString())

    def kind(self, path: str) -> str:
        """``"file"``, ``"folder"``, or ``""`` where there is nothing."""
        place = self._path(path)
        system = self._system(place)
        if not system.exists(place):
            return ""
        return "folder" if system.getFileStatus(place).isDirectory() else "file"

    def names(self, folder: str) -> dict[str, bool]:
        """What is in a folder, by name, and whether it is a folder."""
        place = self._path(folder)
        found = self._system(place).listStatus(place)
        return dict(sorted((status.getPath().getName(), bool(status.isDirectory())) for status in found))

    def matching(self, pattern: str) -> list[str]:
        """The files that a pattern such as ``articles-*.jsonl`` names, by name."""
        place = self._path(pattern)
        return sorted(str(status.getPath().toString()) for status in self._system(place).globStatus(place) or ())

    def remove(self, path: str) -> None:
        """Remove a file, or a folder and all in it."""
        place = self._path(path)
        self._system(place).delete(place, True)  # noqa: FBT003 - Java has no keywords

    def rename(self, path: str, name: str) -> None:
        """Give a file of a folder another name."""
        place = self._path(path)
        if not self._system(place).rename(place, self._jvm.org.apache.hadoop.fs.Path(place.getParent(), name)):
            raise OSError(f"{path} cannot be renamed")

    def write(self, path: str, data: bytes) -> None:
        """Write a file."""
        place = self._path(path)
        stream = self._system(place).create(place, True)  # noqa: FBT003
        try:
            for start in range(0, len(data), _AT_A_TIME):
                stream.write(bytearray(data[start : start + _AT_A_TIME]))
        finally:
            stream.close()

    def is_renaming_cheap(self, path: str) -> bool:
        """Tell whether a file gets another name in one step, and without being copied."""
        return str(self._system(self._path(path)).getScheme()) not in _OBJECT_STORES

    def parquet_metadata(self, path: str) -> dict[str, str]:
        """What a Parquet file says of itself, by key."""
        hadoop = self._jvm.org.apache.parquet.hadoop
        file = hadoop.util.HadoopInputFile.fromPath(self._path(path), self._settings)
        reader = hadoop.ParquetFileReader.open(file)
        try:
            return dict(reader.getFooter().getFileMetaData().getKeyValueMetaData())
        finally:
            reader.close()

    def _path(self, path: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(path)

    def _system(self, path: Any) -> Any:
        return path.getFileSystem(self._settings)

    def _status(self, path: str) -> Any:
        place = self._path(path)
        return self._system(place).getFileStatus(place)


def literally(path: str) -> str:
    """The path with whatever Spark would take for a pattern in it made harmless."""
    return path.translate(_GLOB)
