"""Tables that intake put away → the same run as from the files; whatever does not fit any more is refused."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packs import tiny_pack
from test_intake import write_csv
from test_intake_pieces import _ROWS, DAY, DRILL, HEADING, PACK, SCHOOL, Rows, pieces_of, write

from checker import DataError, UsageError, intake, pipeline
from checker.__main__ import main
from checker.intake.formats import limits
from checker.pipeline import receiving
from checker.plan import Tables

HERE = Path(__file__).parent
LITTLE, DATA = HERE / "little", HERE / "little_data"
RECEIVED = ["--received", "2020-01-20", "--lang", "zh"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def put_away(*data: Path, into: Path, unit: str | None = None) -> Path:
    intake.store(PACK, data, into, unit=unit, received_on=DAY, about={})
    return into


def same(one: Tables, other: Tables) -> None:
    assert one.sources == other.sources
    assert one.frames.keys() == other.frames.keys()
    for name, frame in one.frames.items():
        assert frame.equals(other.frames[name]) and frame.schema == other.frames[name].schema, name
    assert one.origins.equals(other.origins)
    assert one.questions.equals(other.questions)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- the same ------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(
    rows=_ROWS,
    size=st.integers(20, 1500),
    unit=st.sampled_from([None, "320681"]),
    known_at=st.sampled_from([None, date(2019, 12, 1), date(2020, 1, 1)]),
    in_pieces=st.booleans(),
)
def test_what_was_put_away_reads_as_the_files(
    rows: Rows, size: int, unit: str | None, known_at: date | None, in_pieces: bool
) -> None:
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "FIRST_LINES", 30)
        data = Path(place, "收到")
        data.mkdir()
        write(data / "学校.csv", [HEADING, *rows])
        write(
            data / "演练.csv", [["编号", "学校标识码", "演练日期"], ["1", "2132000001", "2019-11-28"], ["2", "", "？"]]
        )
        write(data / "收表.csv", [["单位", "报表", "截至日期"], ["启东市", "演练", "2019-12-01"]])
        (data / "坏.xlsx").write_bytes(b"PK\x03\x04")
        raw = intake.read(PACK, [data], unit=unit, received_on=DAY, known_at=known_at)
        folder = Path(place, "表")
        if in_pieces:
            with pieces_of(size):
                put_away(data, into=folder, unit=unit)
        else:
            put_away(data, into=folder, unit=unit)
        same(intake.read(PACK, [folder], known_at=known_at), raw)
        same(intake.read(PACK, [folder], unit=unit, received_on=DAY, known_at=known_at), raw)


_SCHOOLS = st.lists(
    st.tuples(
        st.sampled_from(["2132000011", "2132000012", "2132000013", "", "x"]),
        st.sampled_from(["阳光幼儿园", "河口{小}学", "合计"]),
        st.sampled_from(["启东市", "如东县", "", "何处"]),
        st.sampled_from(["幼儿园", "小学", "高校", "托管班"]),
        st.sampled_from(["是", "否", ""]),
        st.sampled_from(["是", "拟联网", "部分", ""]),
        st.sampled_from(["A", ""]),
        st.sampled_from(["100", "约80", "-1", ""]),
        st.sampled_from(["1", "3", "2人", ""]),
        st.sampled_from(["0", "2", ""]),
    ),
    max_size=12,
)
_HEADS = (DATA / "学校.csv").read_text("utf-8").splitlines()[0].split(",")


@settings(deadline=None, max_examples=12)
@given(schools=_SCHOOLS)
def test_a_run_writes_the_same_bytes(schools: list[tuple[str, ...]]) -> None:
    pack = pipeline.sound_pack(str(LITTLE))
    with tempfile.TemporaryDirectory() as place:
        data = Path(place, "收到")
        shutil.copytree(DATA, data)
        write_csv(data / "学校.csv", [_HEADS, *map(list, schools)])
        receiving.store(pack, [data], Path(place, "表"), received_on=DAY)
        for source, name in ((data, "原表"), (Path(place, "表"), "读好")):
            tables = pipeline.read_data(pack, [source], received_on=DAY)
            pipeline.save(pipeline.run(pack, tables, date(2020, 1, 31)), Path(place, name))
        assert files_of(Path(place, "原表")) == files_of(Path(place, "读好"))


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intake", str(LITTLE), str(DATA), *RECEIVED, "--tables", "表", "--write-mapping", "对照表.yaml"]) == 0
    said = capsys.readouterr().out
    assert "学校.csv" in said and "已写：表、对照表.yaml" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["对照表.yaml", "表"]
    mapped = ["--mapping", "对照表.yaml"]
    assert main(["intake", str(LITTLE), str(DATA), *RECEIVED, "--tables", "表", *mapped]) == 0
    for source, out, more in ((str(DATA), "甲", mapped), ("表", "乙", [])):
        assert main(["run", str(LITTLE), source, *RECEIVED, *more, "--as-of", "2020-01-31", "--out", out]) == 0
    assert "对照表.yaml" in (tmp_path / "乙" / "manifest.json").read_text("utf-8")
    assert files_of(tmp_path / "甲") == files_of(tmp_path / "乙")


def test_several_folders_and_files_beside_them(tmp_path: Path) -> None:
    heads = [*HEADING]
    one = write(tmp_path / "启东.csv", [heads, ["1", "启东市", "", "甲", "2132000001", *[""] * 7]])
    other = write(tmp_path / "海门.csv", [heads, ["1", "海门市", "", "乙", "2132000002", *[""] * 7]])
    raw = intake.read(PACK, [one, other], received_on=DAY)
    first, second = put_away(one, into=tmp_path / "甲"), put_away(other, into=tmp_path / "乙")
    same(intake.read(PACK, [first, second]), raw)
    same(intake.read(PACK, [first, other], received_on=DAY), raw)
    again = intake.read(PACK, [first, first, one], received_on=DAY)
    assert again.frames["institution"].equals(intake.read(PACK, [first]).frames["institution"])
    assert again.questions["code"].to_list().count("duplicate_file") == 2


def test_a_folder_among_the_data_is_no_data(tmp_path: Path) -> None:
    data = tmp_path / "收到"
    data.mkdir()
    path = write(data / "学校.csv", [HEADING, ["1", "启东市", "", "甲", "2132000001", *[""] * 7]])
    put_away(path, into=data / "表")
    (data / "运行" / "tables").mkdir(parents=True)
    shutil.copy(next((data / "表" / "institution").iterdir()), data / "运行" / "tables" / "institution.parquet")
    (data / "运行" / "scorecard.parquet").touch()
    tables = intake.read(PACK, [data], received_on=DAY)
    assert tables.frames["institution"].height == 1
    papers = tables.questions.filter(code="our_paper")
    assert papers["file"].to_list() == ["表", "运行"]


# --- writing again -------------------------------------------------------------------------------


def test_writing_again_gives_the_same_bytes_and_leaves_nothing_old(tmp_path: Path) -> None:
    rows = [[str(at), "启东市", "", f"第{at}小学", f"21320{at:05}", *[""] * 7] for at in range(200)]
    path = write(tmp_path / "学校.csv", [HEADING, *rows])
    with pieces_of(500):
        put_away(path, into=tmp_path / "表")
    assert len(list((tmp_path / "表" / "institution").iterdir())) > 10
    (tmp_path / "表" / "说明.txt").write_text("我的", "utf-8")
    put_away(path, into=tmp_path / "表")
    put_away(path, into=tmp_path / "另")
    (tmp_path / "另" / "说明.txt").write_text("我的", "utf-8")
    assert files_of(tmp_path / "表") == files_of(tmp_path / "另")


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "收到").mkdir()
    (tmp_path / "收到" / "坏.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(DataError):
        put_away(tmp_path / "收到", into=tmp_path / "表")
    assert [path.name for path in tmp_path.iterdir()] == ["收到"]


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "学校.csv", [HEADING, ["1", "启东市", "", "甲", "2132000001", *[""] * 7]])
    (tmp_path / "表").mkdir()
    (tmp_path / "表" / "重要.txt").touch()
    with pytest.raises(UsageError) as refused:
        put_away(path, into=tmp_path / "表")
    assert refused.value.diagnostics[0].code == "U44"
    assert [each.name for each in (tmp_path / "表").iterdir()] == ["重要.txt"]


# --- what does not fit any more ------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = write(tmp_path / "学校.csv", [HEADING, ["1", "", "", "甲", "2132000001", "约3", *[""] * 6]])
    return put_away(path, into=tmp_path / "表", unit="启东")


def refused(folder: Path, **more: object) -> str:
    with pytest.raises((DataError, UsageError)) as caught:
        intake.read(PACK, [folder], **more)  # type: ignore[arg-type]
    (found,) = caught.value.diagnostics
    assert found.message.en and found.hint
    return f"{found.code} {found.message.zh}"


def test_tables_that_were_changed(folder: Path) -> None:
    part = next((folder / "institution").iterdir())
    whole = part.read_bytes()
    part.write_bytes(whole[:-1] + b"?")
    assert refused(folder) == "E29 读好的表不完整，或写出以后被改动过"
    part.unlink()
    assert refused(folder).startswith("E29")


@pytest.mark.parametrize("name", ["schema", "unit", "received_on", "read", "parts", "returns", "files", "digest", None])
def test_a_manifest_that_was_changed(folder: Path, name: str | None) -> None:
    about = json.loads((folder / "tables.json").read_text("utf-8"))
    text = json.dumps([about] if name is None else {**about, name: "x"})
    (folder / "tables.json").write_text(text, "utf-8")
    assert refused(folder).startswith("E29")
    (folder / "tables.json").write_bytes(text.encode()[:-1])
    assert refused(folder).startswith("E29")


def test_another_pack(folder: Path) -> None:
    other = tiny_pack([SCHOOL], units=PACK.units.values())
    with pytest.raises(DataError, match="have changed since"):
        intake.read(other, [folder])
    assert intake.read(tiny_pack([SCHOOL, DRILL], version="2"), [folder]).frames["institution"].height == 1


def test_another_sender_or_day(folder: Path) -> None:
    assert refused(folder, unit="海门市").startswith("U44 这些表是按报送单位、收到日期（320681, 2019-12-23）读好的")
    assert refused(folder, received_on=date(2019, 12, 24)).startswith("U44")
    assert intake.read(PACK, [folder], unit="启东市").frames["institution"]["unit_code"].to_list() == ["320681"]


def test_cells_are_no_longer_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="read already"):
        intake.look(PACK, [folder])
    with pytest.raises(UsageError, match="read already"):
        put_away(folder, into=folder.with_name("另"))
    assert main(["intake", str(LITTLE), str(folder), *RECEIVED]) == 2
    assert "已经读好的表" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (["--out", "来往"], "--out"),
        (["--format", "json"], "--format json"),
        (["--known-at", "2020-01-01", "--out", "来往"], "--out、--known-at"),
    ],
)
def test_tables_alone(more: list[str], named: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["intake", str(LITTLE), str(DATA), *RECEIVED, "--tables", "表", *more]) == 2
    assert f"--tables 只写表，不能与 {named} 同用" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
