"""A standalone cluster of two workers on this machine; one of them is lost while it judges: the result is right all the same."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import polars as pl
import pytest
import spark_faults
from test_spark import COLUMNS, DATA, DAY, LITTLE, UNITS, written

from checker import find, pipeline
from checker.engines import spark

if shutil.which("java") is None:
    pytest.skip("no Java here: Spark needs Java 17", allow_module_level=True)
pyspark = pytest.importorskip("pyspark", reason="pip install -e '.[spark]'")


def until(condition: Callable[[], object], seconds: float = 120) -> None:
    for _ in range(int(seconds * 10)):
        if condition():
            return
        time.sleep(0.1)
    raise TimeoutError


class Cluster:
    """Every process is the first of a group of its own, with all that it starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("master.Master")
        log = folder / "0.log"
        until(lambda: re.search(r"spark://127.0.0.1:\d+", log.read_text("utf-8")))
        self.url = re.findall(r"spark://127.0.0.1:\d+", log.read_text("utf-8"))[0]
        for at in (1, 2):
            self._start(
                "worker.Worker", "--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"{at}"), self.url
            )
        until(lambda: log.read_text("utf-8").count("Registering worker") == 2)

    def _start(self, name: str, *more: str) -> None:
        home = Path(pyspark.__file__).parent
        command = [home / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1"]
        environment = {**os.environ, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable}
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(
                    [*command, "--port", "0", "--webui-port", "0", *more],
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    def lose(self, at: int) -> None:
        """As when the power fails."""
        os.killpg(self.processes[at].pid, signal.SIGKILL)
        self.processes[at].wait()

    def close(self) -> None:
        for at, process in enumerate(self.processes):
            if process.poll() is None:
                self.lose(at)


@pytest.fixture
def standalone(tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path)
    try:
        yield running
    finally:
        running.close()


def test_a_lost_worker_changes_nothing(standalone: Cluster, tmp_path: Path) -> None:
    pack = pipeline.sound_pack(LITTLE)
    tables = pipeline.read_data(pack, [DATA])
    done = pipeline.run(pack, tables, DAY)
    at_work = tmp_path / "at work"
    at_work.mkdir()

    def lose_one() -> None:
        until(lambda: len(list(at_work.iterdir())) == 2)
        standalone.lose(1)
        (at_work / spark_faults.GO).touch()

    losing = threading.Thread(target=lose_one)
    with spark.cluster(standalone.url) as session:
        session.sparkContext.addPyFile(spark_faults.__file__)
        losing.start()
        waiting = partial(spark_faults.waiting, str(at_work))
        folder, out = str(written(tables, tmp_path / "tables")), tmp_path / "findings"
        told = spark.judge_folder(done.plan, folder, str(out), waiting, UNITS, COLUMNS, shards=4)
        losing.join()
    found = pl.concat(pl.read_parquet(path) for path in sorted(out.glob("*.parquet")))
    found = found.cast(find.FINDING_COLUMNS).sort("unit", maintain_order=True)
    assert found.drop("source").equals(done.findings.drop("source"))
    assert told.counts.equals(done.scorecard.counts)
