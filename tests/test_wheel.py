"""The wheel: built, installed in a clean environment, the demo run from another folder; it carries rules, schemas, data."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def tracked(*folders: str) -> set[str]:
    listed = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files", *folders], cwd=ROOT, check=True, capture_output=True
    )
    return set(listed.stdout.decode().split("\n")) - {""}


def test_the_wheel_carries_exactly_what_is_tracked(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    bundled = {name.removeprefix("checker/_bundled/") for name in names if name.startswith("checker/_bundled/")}
    demo = {name.replace("examples/nantong/", "demo/") for name in tracked("examples/nantong")}
    assert bundled == tracked("rules", "schemas") | demo
    assert tracked("checker") <= names


def test_demo_runs_from_the_wheel_elsewhere(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    constraints = ["-c", str(ROOT / "constraints.txt")]
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *constraints, str(wheel)],
        check=True,
        capture_output=True,
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    env = {**os.environ, "CHECKER_LANG": "zh", "PYTHONPATH": ""}

    def checker(*args: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [home / "bin" / "checker", *args], cwd=elsewhere, env=env, capture_output=True, check=False
        )

    assert checker("demo", "演示").returncode == 0
    run = checker("run", "nantong-2019", "演示/2019-12-31", "--as-of", "2019-12-31")
    assert run.returncode == 0, run.stderr.decode()
    assert "启东市" in run.stdout.decode()
    assert checker("gate", "运行/2019-12-31").returncode == 1
