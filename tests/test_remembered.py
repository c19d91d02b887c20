"""A pack or plan that is remembered is that pack or plan; whatever has changed, or lies wrongly in the cache, makes it read again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from checker import compile as compiling
from checker import pipeline
from checker.errors import PackError
from checker.model import Pack
from checker.pipeline import loading, remembered
from checker.plan import Evaluation

ROOT = Path(__file__).parent


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("CHECKER_CACHE", str(folder))
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "little", tmp_path / "little"))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which packs were read from their documents."""
    done: list[str] = []
    load = loading.load_pack

    def noted(path: str | Path) -> object:
        done.append(Path(path).name)
        return load(path)

    monkeypatch.setattr(loading, "load_pack", noted)
    return done


def test_what_is_remembered_is_the_pack(cache: Path, pack: Path, read: list[str]) -> None:
    first, second = pipeline.sound_pack(pack), pipeline.sound_pack(pack)
    assert first == second and isinstance(second, Pack)
    assert read == ["little"]
    assert [path.suffix for path in cache.iterdir()] == [".pack"]


def test_an_edit_is_seen_at_once(cache: Path, pack: Path, read: list[str]) -> None:
    before = pipeline.sound_pack(pack)
    rule = next((pack / "requirements").rglob("*.yaml"))
    rule.write_text(rule.read_text("utf-8") + "\n# 注\n", "utf-8")
    assert pipeline.sound_pack(pack).digest != before.digest
    (pack / "pack.yaml").write_text("schema: pack/1\n", "utf-8")
    with pytest.raises(PackError):
        pipeline.sound_pack(pack)
    with pytest.raises(PackError):
        pipeline.sound_pack(pack)  # what is wrong is told again, and never remembered
    assert len(read) == 4


def test_an_edit_of_a_pack_that_it_extends_is_seen(cache: Path, tmp_path: Path, read: list[str]) -> None:
    for name in ("national", "nantong-2019"):
        shutil.copytree(ROOT.parent / "rules" / name, tmp_path / name)
    pipeline.sound_pack(tmp_path / "nantong-2019")
    above = next((tmp_path / "national").rglob("*.yaml"))
    above.write_text(above.read_text("utf-8") + "\n# 注\n", "utf-8")
    pipeline.sound_pack(tmp_path / "nantong-2019")
    assert len(read) == 2


def test_another_program_does_not_believe_it(
    cache: Path, pack: Path, read: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.sound_pack(pack)
    code = tmp_path / "checker"
    code.mkdir()
    (code / "model.py").write_text("", "utf-8")
    monkeypatch.setattr(remembered, "_CODE", code)
    pipeline.sound_pack(pack)
    (code / "model.py").write_text("# edited", "utf-8")
    pipeline.sound_pack(pack)
    assert len(read) == 3


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "flipped": lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
    "something else": lambda content: b"\x80\x05N." * 20,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_file_is_read_again(cache: Path, pack: Path, read: list[str], spoil: Callable[[bytes], bytes]) -> None:
    first = pipeline.sound_pack(pack)
    (kept,) = cache.iterdir()
    kept.write_bytes(spoil(kept.read_bytes()))
    assert pipeline.sound_pack(pack) == first == pipeline.sound_pack(pack)
    assert len(read) == 2


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no such permissions here")
def test_a_folder_in_which_others_may_write_is_not_believed(cache: Path, pack: Path, read: list[str]) -> None:
    pipeline.sound_pack(pack)
    cache.chmod(0o777)
    pipeline.sound_pack(pack)
    assert len(read) == 2


def test_it_can_be_switched_off_and_need_not_be_there(
    pack: Path, read: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKER_CACHE", "off")
    pipeline.sound_pack(pack)
    (tmp_path / "a file").write_text("", "utf-8")
    monkeypatch.setenv("CHECKER_CACHE", str(tmp_path / "a file" / "cache"))
    pipeline.sound_pack(pack)
    assert len(read) == 2


def test_many_at_once_get_the_same(cache: Path, pack: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        packs = list(threads.map(lambda _: pipeline.sound_pack(pack), range(24)))
    assert all(each == packs[0] for each in packs)
    assert len(list(cache.iterdir())) == 1


def test_only_the_newest_are_kept(cache: Path, pack: Path) -> None:
    for n in range(remembered._KEPT + 4):
        (pack / "note.txt").write_text(str(n), "utf-8")
        pipeline.sound_pack(pack)
    assert len(list(cache.iterdir())) == remembered._KEPT


# --- plans ---------------------------------------------------------------------------------------

DAY = date(2020, 12, 31)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """For which days a pack was compiled."""
    done: list[date] = []
    compile_pack = compiling.compile_pack

    def noted(pack: Pack, as_of: date, known_at: date | None = None) -> object:
        done.append(as_of)
        return compile_pack(pack, as_of, known_at)

    monkeypatch.setattr(compiling, "compile_pack", noted)
    return done


def test_a_plan_is_remembered_with_its_pack(cache: Path, pack: Path, compiled: list[date]) -> None:
    first = pipeline.compile_rules(pipeline.sound_pack(pack), DAY)
    again = pipeline.sound_pack(pack)
    second = pipeline.compile_rules(again, DAY)
    assert first == second and second.pack is again
    assert {id(duty.rule) for duty in second.obligations} <= {id(rule) for rule in again.rules}
    assert pipeline.compile_rules(again, DAY, known_at=DAY) != first
    pipeline.compile_rules(again, date(2020, 12, 30))
    assert compiled == [DAY, DAY, date(2020, 12, 30)]


def test_a_pack_that_was_not_read_is_compiled(cache: Path, pack: Path, compiled: list[date]) -> None:
    read = pipeline.sound_pack(pack)
    pipeline.compile_rules(read, DAY)
    assert pipeline.compile_rules(replace(read, rules=()), DAY).obligations == ()


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_plan_is_compiled_again(
    cache: Path, pack: Path, compiled: list[date], spoil: Callable[[bytes], bytes]
) -> None:
    first = pipeline.compile_rules(pipeline.sound_pack(pack), DAY)
    (kept,) = cache.glob("*.plan")
    kept.write_bytes(spoil(kept.read_bytes()))
    assert pipeline.compile_rules(pipeline.sound_pack(pack), DAY) == first
    assert len(compiled) == 2


@pytest.mark.parametrize("spoil", [None, *SPOILT.values()], ids=["sound", *SPOILT])
def test_expressions_are_remembered_with_their_plan(
    cache: Path, pack: Path, spoil: Callable[[bytes], bytes] | None
) -> None:
    def judged() -> Evaluation:
        rules = pipeline.sound_pack(pack)
        tables = pipeline.read_data(rules, [ROOT / "little_data"])
        return pipeline.evaluate(pipeline.compile_rules(rules, DAY), tables)

    first = judged()
    (kept,) = cache.glob("*.said")
    if spoil is not None:
        kept.write_bytes(spoil(kept.read_bytes()))
    second = judged()
    assert first.findings.equals(second.findings) and first.counts.equals(second.counts)
