"""A pack that is remembered is the pack; whatever has changed, or lies wrongly in the cache, makes it read again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from checker import pipeline
from checker.errors import PackError
from checker.model import Pack
from checker.pipeline import loading, remembered

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
