"""A Spark session: the one at hand, or one of khabar's own; what Spark tells, in khabar's form."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from khabar.errors import SparkFailed

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_JAVA: Final = "install a Java runtime, version 17 or later, and set JAVA_HOME where it is not on the path"
_OWN: Final = {
    "spark.ui.enabled": "false",
    "spark.log.level": "ERROR",
    "spark.ui.showConsoleProgress": "false",
    # Smaller batches: a record can be large, and the next batch is on its way while one is worked on.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
}
_NO_KHABAR: Final = re.compile(r"ModuleNotFoundError: No module named '(\w+)'")
# What the program that starts Spark says before it gives up.
_SAID: Final = re.compile(r"(?:Reason|Exception|Error)(?: in thread .+?)?: (?:[\w.]+(?:Exception|Error): )?(.+)")
# How Python ends a traceback; what Spark says of it has Java's names.
_RAISED: Final = re.compile(r"^(?!org\.|java\.|py4j\.)([a-z][\w.]*\.)?([A-Z]\w+): (?!Traceback)(.+)$", re.MULTILINE)
_BLOCK: Final = re.compile(r"Caused by: ([\w.$]+): (.+)")


@contextlib.contextmanager
def session(master: str | None, settings: Mapping[str, str], *, debug: bool = False) -> Iterator[SparkSession]:
    """The active session, or a new one at ``master``, which ends with the block.

    ``settings`` are those of Spark for a new session. With ``debug`` Spark writes its log to standard error. Raises
    `SparkFailed` where PySpark, Java or the cluster is missing.
    """
    require()
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    started = _started(master, settings, debug=debug)
    try:
        yield started
    finally:
        # What ended already cannot be stopped.
        with contextlib.suppress(Exception):
            started.stop()


def require() -> None:
    """Raise `SparkFailed` where PySpark, or what its data frames need, is not installed."""
    for library, name in (("pyspark", "PySpark"), ("pandas", "pandas"), ("pyarrow", "PyArrow")):
        try:
            __import__(library)
        except ImportError as error:
            raise SparkFailed(
                where="spark", expected=f"{name}", found="none", remedy="pip install 'khabar[spark]'"
            ) from error


def _started(master: str | None, settings: Mapping[str, str], *, debug: bool) -> SparkSession:
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    _require_java()
    conf = SparkConf()
    conf.setAppName("khabar").setAll(list(_OWN.items()))
    if master is not None:
        conf.setMaster(master)
    if (master or "").startswith("local"):
        # The workers are processes of this machine: what this process imports, they can import too.
        conf.set("spark.executorEnv.PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
        if master == "local" or not (master or "").startswith("local-cluster"):
            conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
    conf.setAll(list(settings.items()))
    # It has no name, and is gone when the last process that writes to it is.
    log = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
    try:
        if SparkContext._gateway is None:  # noqa: SLF001 - else a Java runtime of this process is there already
            gateway = launch_gateway(conf, popen_kwargs={} if debug else {"stderr": log})  # type: ignore[no-untyped-call]
            context = SparkContext(conf=conf, gateway=gateway)
        else:
            context = SparkContext(conf=conf)
        if (master or "").startswith("local") and "PYSPARK_PYTHON" not in os.environ:
            context.pythonExec = sys.executable
        return SparkSession(context)
    except Exception as error:
        log.seek(0)
        raise _no_session(master, error, log.read().decode("utf-8", "replace")) from error
    finally:
        log.close()


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=str(Path(home, "bin")) if home else None) is None:
        raise SparkFailed(where="spark", expected="a Java runtime, version 17 or later", found="none", remedy=_JAVA)


def _no_session(master: str | None, error: Exception, log: str) -> SparkFailed:
    # An old Java knows neither the form of Spark's classes nor the options that it is started with.
    if "UnsupportedClassVersionError" in log or "Unrecognized option" in log:
        return SparkFailed(
            where="spark", expected="a Java runtime, version 17 or later", found="an older one", remedy=_JAVA
        )
    said = _SAID.findall(log)
    return SparkFailed(
        where=f"spark at {master}" if master else "spark",
        expected="a cluster that takes the job",
        found=said[-1][:300] if said else _cause(str(error)),
        remedy="look at --master and --conf",
    )


@contextlib.contextmanager
def told(where: str) -> Iterator[None]:
    """What Spark raises in the block, as `SparkFailed` about ``where``."""
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException) as error:
        raise _failed(where, str(error)) from error


def _failed(where: str, text: str) -> SparkFailed:
    module = _NO_KHABAR.search(text)
    if module is not None:
        return SparkFailed(
            where=where,
            expected="workers with khabar and all that it needs",
            found=f"one without the module {module[1]}",
            remedy="install khabar for the Python of the workers; docs/spark.md says how",
        )
    from khabar.spark.rows import CHANGED

    if CHANGED in text:
        return changed(where)
    return SparkFailed(where=where, expected="a Spark job that runs to its end", found=_cause(text))


def changed(where: str) -> SparkFailed:
    """The error that records were not the same when they were read again."""
    return SparkFailed(
        where=where,
        expected="records that are the same, in the same order, each time that they are read",
        found="others than at first",
        remedy="leave the files alone while they are read; sort, persist or write out what was computed",
    )


def _cause(text: str) -> str:
    """What an error of Spark says, in a line: the innermost cause."""
    raised = _RAISED.findall(text)
    causes = _BLOCK.findall(text)
    if "Traceback (most recent call last)" in text and raised:
        module, kind, words = raised[-1]
        # Khabar's own errors are sentences.
        return (words if module.startswith("khabar.") else f"{kind}: {words}").strip()[:300]
    if causes:
        return str(causes[-1][1]).strip()[:300]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = next(
        (line for line in lines if not line.startswith(("An error occurred", "at "))), "an error without words"
    )
    return re.sub(r"^: ", "", found)[:300]
