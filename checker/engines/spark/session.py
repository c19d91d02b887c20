"""Where the master is → a Spark session in which `checker` can be imported on every executor, or why there is none."""

from __future__ import annotations

import os
import re
import shutil
import sys
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from checker.errors import NOWHERE, Diagnostic, Text, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = "local[*]"
_ARCHIVE = "checker-package.zip"
_RAISED = re.compile(r"[\w.$]+(Error|Exception)\b: ")


def session(master: str | None = None) -> SparkSession:
    """The session that there is, or a new one. `master`: of a new one."""
    found = _running() or _started(master or MASTER)
    context = found.sparkContext
    if not any(name.endswith(_ARCHIVE) for name in context.listFiles):
        context.addPyFile(str(Path(_folder().name, _ARCHIVE)))
    return found


@contextmanager
def cluster(master: str | None = None) -> Iterator[SparkSession]:
    """A session for as long as it is used; one that was there before stays."""
    before = _running()
    spark = session(master)
    try:
        yield spark
    finally:
        if before is None:
            spark.stop()


def _running() -> SparkSession | None:
    _refuse_without_spark()
    from pyspark.sql import SparkSession

    found = SparkSession.getActiveSession()
    return None if found is None or found.sparkContext._jsc is None else found


@contextmanager
def at_work() -> Iterator[None]:
    """What Spark says of itself, in our words."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    with warnings.catch_warnings():
        # Wherever Arrow is used, also where pandas is not.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        try:
            yield
        except (PySparkException, Py4JError) as error:
            raise UsageError([_failed(error)]) from error


def _failed(error: Exception) -> Diagnostic:
    said = _said(error)
    return Diagnostic("U62", NOWHERE, Text(f"Spark 没有判完：{said}", f"Spark did not finish: {said}"))


def _said(error: Exception) -> str:
    """The line that names what happened: in Python's words the end of the trace, in Java's its beginning."""
    lines = [line.strip(" :") for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return next((line for line in lines if _RAISED.match(line)), lines[0])


def _started(master: str) -> SparkSession:
    from pyspark.sql import SparkSession

    settings = {
        "spark.app.name": "checker",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # As many tasks as cores, and each of them one thread of Polars.
        "spark.executorEnv.POLARS_MAX_THREADS": "1",
    }
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if master.startswith("local"):
        settings["spark.driver.host"] = settings["spark.driver.bindAddress"] = "127.0.0.1"
        settings["spark.sql.shuffle.partitions"] = "8"
    builder = SparkSession.builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with _java_aside():
            return builder.getOrCreate()
    except Exception as error:  # Spark's and the gateway's errors have nothing in common
        said = _said(error)
        message = Text(f"连不上 Spark（{master}）：{said}", f"no Spark at {master}: {said}")
        raise UsageError([Diagnostic("U61", NOWHERE, message, _MASTER)]) from error


@contextmanager
def _java_aside() -> Iterator[None]:
    """Java keeps the standard error that it was started with: its log is not for the terminal."""
    kept = os.dup(2)
    try:
        with Path(_folder().name, "spark.log").open("ab") as log:
            os.dup2(log.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _refuse_without_spark() -> None:
    try:
        import pyspark  # noqa: F401
    except ImportError as error:
        raise UsageError([Diagnostic("U60", NOWHERE, _NO_PYSPARK, _INSTALL)]) from error
    home = os.environ.get("JAVA_HOME")
    if not (home and Path(home, "bin", "java").exists()) and shutil.which("java") is None:
        raise UsageError([Diagnostic("U60", NOWHERE, _NO_JAVA, _JAVA)])


@cache
def _folder() -> TemporaryDirectory[str]:
    """With the package as executors get it; it is there as long as this process."""
    folder = TemporaryDirectory(prefix="checker-spark-")
    package = Path(__file__).parents[2]
    with zipfile.ZipFile(Path(folder.name, _ARCHIVE), "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(package.rglob("*.py")):
            archive.write(path, path.relative_to(package.parent).as_posix())
    return folder


_NO_PYSPARK = Text("没有安装 Spark 扩展", "the Spark extension is not installed")
_INSTALL = Text("pip install 'school-safety-checker[spark]'", "pip install 'school-safety-checker[spark]'")
_MASTER = Text(
    "核对 --master 的地址：spark://主机:7077 为独立集群，yarn、k8s://… 各按其集群，local[4] 为本机",
    "look at --master: spark://host:7077 for a standalone cluster, yarn, k8s://…, or local[4] for this machine",
)
_NO_JAVA = Text("没有找到 Java，Spark 无法启动", "no Java found: Spark cannot start")
_JAVA = Text(
    "安装 Java 17（或 21），或用 JAVA_HOME 指明它的位置", "install Java 17 (or 21), or say in JAVA_HOME where it is"
)
