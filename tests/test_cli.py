"""The command line as people and CI meet it: what is printed, in which language, and which exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from checker import cli
from checker.__main__ import main

HERE = Path(__file__).parent
LITTLE, DATA = HERE / "little", HERE / "little_data"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHECKER_LANG", raising=False)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "2020-01-31"
    assert main(["run", str(LITTLE), str(DATA), "--as-of", "2020-01-31", "--out", str(folder), "--lang", "zh"]) == 0
    return folder


def checker(args: Sequence[str], **options: object) -> subprocess.CompletedProcess[bytes]:
    """A process of its own, as installed."""
    env = {**os.environ, "PYTHONPATH": str(HERE.parent), **options.pop("env", {})}  # type: ignore[dict-item]
    command = [sys.executable, "-m", "checker", *args]
    return subprocess.run(command, capture_output=True, env=env, check=False, **options)  # type: ignore[call-overload]


def crash(error: str, args: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """The same with a fault inside a stage."""
    code = (
        "import sys\n"
        "from checker import pipeline\n"
        "class Panic(BaseException): pass\n"
        f"def broken(*a, **k): raise {error}\n"
        "pipeline.run = pipeline.load_pack = broken\n"
        "from checker.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    return subprocess.run([sys.executable, "-c", code, *args], capture_output=True, env=env, check=False)


# --- first steps --------------------------------------------------------------------------------------


def test_without_arguments_four_helpful_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert "checker demo" in lines[1]
    assert "checker --help" in lines[3]


@pytest.mark.parametrize(
    ("args", "headings"),
    [
        (["--help"], ["收数:", "日常:", "规则:", "其他:"]),
        (["--lang", "en", "--help"], ["Receiving data:", "Every day:", "Rules:", "Other:"]),
    ],
)
def test_help_is_grouped_in_both_languages(
    args: list[str], headings: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(args) == 0
    out = capsys.readouterr().out
    places = [out.index(heading) for heading in headings]
    assert places == sorted(places)


def test_every_command_is_in_exactly_one_group() -> None:
    listed = [name for names in cli.cli.sections.values() for name in names]
    assert sorted(listed) == sorted(cli.cli.commands)


@pytest.mark.parametrize("name", sorted(cli.cli.commands))
def test_help_of_every_command_speaks_the_language_asked_for(name: str) -> None:
    runner = CliRunner()
    chinese = runner.invoke(cli.cli, [name, "--help", "--lang", "zh"])
    english = runner.invoke(cli.cli, ["--lang", "en", name, "--help"])
    assert chinese.exit_code == english.exit_code == 0
    assert "用法：" in chinese.output
    without_examples = "\n".join(line for line in english.output.splitlines() if "  checker " not in line)
    assert not re.search(r"[\u4e00-\u9fff]", without_examples)


def test_version_names_the_rules_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.match(r"checker \S+\n", capsys.readouterr().out)


def test_environment_decides_where_nothing_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKER_LANG", "en")
    main([])
    assert capsys.readouterr().out.startswith("checker: holds")
    main(["--lang", "zh"])
    assert capsys.readouterr().out.startswith("checker：")


def test_never_the_locale() -> None:
    out = checker([], env={"LANG": "en_US.UTF-8", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}).stdout
    assert out.decode("utf-8").startswith("checker：")


def test_the_pack_s_language_where_nobody_asks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "english"
    shutil.copytree(LITTLE, root)
    head = (root / "pack.yaml").read_text("utf-8")
    (root / "pack.yaml").write_text(head.replace("language: zh", "language: en"), "utf-8")
    assert main(["run", str(root), str(DATA), "--as-of", "2020-01-31"]) == 0
    assert capsys.readouterr().out.startswith("Done: ")
    assert main(["gate", "runs/2020-01-31"]) == 1
    assert "Qidong  closed" in capsys.readouterr().out
    assert main(["run", str(root), "nowhere", "--as-of", "2020-01-31"]) == 2
    assert capsys.readouterr().err.startswith("error E22")


# --- usage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["rnu"], "是否应为 run"),
        (["run"], "缺少 PACK"),
        (["run", "x", "y", "--as-off", "2019-12-31"], "--as-of"),
        (["run", "x", "y"], "--as-of"),
        (["run", "x", "y", "--as-of", "2019年底"], "统计时点要写成某一天，如 2019-12-31"),
        (["run", "x", "y", "--as-of", "20191231"], "统计时点要写成某一天"),
        (["run", "x", "y", "--as-of", "2019-12-31", "--known-at", "昨天"], "收数截止要写成某一天"),
        (["run", "x", "y", "--as-of", "2019-12-31", "--engine", "fast"], "columnar、reference"),
        (["run", "nowhere", "y", "--as-of", "2019-12-31"], "没有名为“nowhere”的规则包"),
        (["run", str(LITTLE), "nowhere", "--as-of", "2019-12-31"], "没有这个文件或文件夹"),
        (["run", str(LITTLE), str(DATA), "--as-of", "2019-12-31", "--unit", "海门"], "海门"),
        (["gate", "nowhere"], "U30"),
        (["report", "nowhere", "--output", "pdf=x"], "U12"),
        (["validate", "nowhere"], "U32"),
        (["test", str(LITTLE), "video-linket"], "是否应为“video-linked”"),
        (["gate", "nowhere", "--lang", "fr"], "--lang"),
    ],
)
def test_wrong_usage_is_2_and_says_what_to_do(args: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(args) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert captured.err.startswith("错误 ")
    assert "Traceback" not in captured.err


def test_no_such_run_names_the_latest(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", str(run_folder.parent / "x")]) == 2
    assert f"最近的有：{run_folder.as_posix()}" in capsys.readouterr().err


# --- a run and its gates ------------------------------------------------------------------------------


def test_run_writes_where_the_language_says(capsys: pytest.CaptureFixture[str]) -> None:
    run = ["run", str(LITTLE), str(DATA), "--as-of", "2020-01-31"]
    assert main(run) == 0
    out = capsys.readouterr().out
    assert "→ 运行/2020-01-31" in out
    assert "启东市  ■ 未通过" in out
    assert "checker explain 运行/2020-01-31" in out
    assert (Path("运行/2020-01-31") / "manifest.json").is_file()
    assert main([*run, "--lang", "en"]) == 0
    assert "→ runs/2020-01-31" in capsys.readouterr().out


def test_both_engines_write_the_same_run() -> None:
    for engine in ("columnar", "reference"):
        args = ["run", str(LITTLE), str(DATA), "--as-of", "2020-01-31", "--engine", engine, "--out", engine]
        assert main(args) == 0
    for name in ("findings.parquet", "scorecard.parquet", "targets.parquet", "gates.json"):
        assert Path("columnar", name).read_bytes() == Path("reference", name).read_bytes()


def test_known_at_leaves_out_what_came_later() -> None:
    run = ["run", str(LITTLE), str(DATA), "--as-of", "2020-01-31", "--received", "2020-01-20"]
    assert main([*run, "--known-at", "2020-01-19", "--out", "early"]) == 0
    assert main([*run, "--known-at", "2020-01-20", "--out", "late"]) == 0
    early, late = (json.loads(Path(name, "manifest.json").read_text("utf-8")) for name in ("early", "late"))
    assert early["counts"]["rows"]["institution"] == 0
    assert late["counts"]["rows"]["institution"] == 4


def test_strict_refuses_what_judged_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    (data / "校车.csv").unlink()
    run = ["run", str(LITTLE), str(data), "--as-of", "2020-01-31", "--out", "strict"]
    assert main([*run, "--strict"]) == 2
    assert "没有收到“校车”的任何记录" in capsys.readouterr().err
    assert not Path("strict").exists()
    assert main(run) == 0


def test_gate_closed_is_1_and_only_then(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", str(run_folder)]) == 1
    out = capsys.readouterr().out
    assert "■ 启东市　未通过" in out
    assert "差1所" in out


def test_gate_undecided_is_3_and_open_is_0(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    schools = (data / "学校.csv").read_text("utf-8").splitlines()
    better = [line.replace(",否,,", ",是,C,").replace(",拟联网,", ",是,") for line in schools]
    (data / "学校.csv").write_text("\n".join(better), "utf-8")
    run = ["run", str(LITTLE), str(data), "--as-of", "2020-01-31"]
    assert main([*run, "--out", "some"]) == 0
    assert main(["gate", "some"]) == 3
    assert main(["gate", "some", "--unit", "启东"]) == 0
    assert main(["gate", "some", "--unit", "如东县"]) == 3


def test_a_unit_that_sent_its_schools_is_not_told_as_silent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Though nothing but the table of training institutions, which it did not send, holds its gate."""
    path = tmp_path / "学校.csv"
    rows = [f"2132{at:06},第{at}小学,小学,2,是,是" for at in range(1, 9)]
    head = "学校标识码,学校名称,学校类别,专职保安人数,视频监控已联网,一键报警已联网"
    path.write_text("\n".join([head, *rows]), "utf-8")
    sent = ["--unit", "海安市", "--received", "2019-12-20"]
    assert main(["run", "nantong-2019", str(path), *sent, "--as-of", "2019-12-31", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "完成：1个单位、8所学校" in out
    (silent,) = [line for line in out.splitlines() if "未收到报送数据" in line]
    assert "另有18个单位" in silent and "海安市" not in silent


def test_report_in_every_form(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run_folder)]) == 0
    assert "一、总体结论" in capsys.readouterr().out
    assert main(["report", str(run_folder), "--format", "json", "--lang", "en"]) == 0
    report = json.loads(capsys.readouterr().out)
    parts = ["manifest", "gates", "targets", "deferrals", "figures", "counts", "findings", "questions", "measures"]
    assert list(report) == parts
    assert main(["report", str(run_folder), "--output", "json=o/报告.json", "--output", "csv=o/问题.csv"]) == 0
    assert "已写：o/报告.json" in capsys.readouterr().out
    assert json.loads(Path("o/报告.json").read_text("utf-8"))["manifest"] == report["manifest"]
    assert Path("o/问题.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_report_of_one_unit(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run_folder), "--unit", "启东", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {gate["name"] for gate in report["gates"]} == {"启东市"}
    assert {finding["unit"] for finding in report["findings"]} == {"320681"}


def test_a_unit_of_which_nothing_is_due_has_no_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = Path(__file__).parents[1] / "examples" / "county"
    assert main(["run", "nantong-2019", str(data), "--as-of", "2019-12-20", "--unit", "启东市", "--out", "early"]) == 0
    capsys.readouterr()
    assert main(["gate", "early", "--unit", "南通市"]) == 3
    assert "截至2019年12月20日，没有到期的要求，不作关口结论。" in capsys.readouterr().out


def test_the_manifest_of_one_unit_names_its_own_sheets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    head, *schools = (data / "学校.csv").read_text("utf-8").splitlines()
    (data / "学校.csv").unlink()
    for unit in ("启东市", "如东县"):
        own = [line for line in schools if unit in line]
        (data / f"{unit}.csv").write_text("\n".join([head, *own]), "utf-8")
    assert main(["run", str(LITTLE), str(data), "--as-of", "2020-01-31", "--out", "both"]) == 0
    told = {}
    for unit in ("启东市", "如东县"):
        capsys.readouterr()
        assert main(["report", "both", "--unit", unit, "--format", "json"]) == 0
        told[unit] = json.loads(capsys.readouterr().out)["manifest"]
        files = {entry["file"] for entry in told[unit]["data"]}
        assert f"{unit}.csv" in files
        assert not ({"启东市.csv", "如东县.csv"} - {f"{unit}.csv"}) & files
    rows = [manifest["counts"]["rows"]["institution"] for manifest in told.values()]
    assert sum(rows) == len(schools)
    assert min(rows) > 0


def test_demo_writes_and_says_what_next(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from checker import resources

    Path("shipped/2019-12-31").mkdir(parents=True)
    Path("shipped/2019-12-31/启东.csv").write_text("x", "utf-8")
    monkeypatch.setattr(resources, "demo_folder", lambda: Path("shipped"))
    assert main(["demo", "演示"]) == 0
    assert "checker run nantong-2019 演示/2019-12-31 --as-of 2019-12-31" in capsys.readouterr().out
    Path("演示/2019-12-31/启东.csv").write_text("mine", "utf-8")
    assert main(["demo", "演示"]) == 0
    assert Path("演示/2019-12-31/启东.csv").read_text("utf-8") == "mine"


# --- rules --------------------------------------------------------------------------------------------


def test_validate_and_test_a_sound_pack(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(LITTLE)]) == 0
    assert "没有错误" in capsys.readouterr().out
    assert main(["test", str(LITTLE)]) == 0
    assert "全部相符" in capsys.readouterr().out


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A pack with an unknown field in an expression and a case whose expectation is wrong."""
    root = tmp_path / "broken"
    shutil.copytree(LITTLE, root)
    path = root / "requirements" / "guards-standard.yaml"
    path.write_text(path.read_text("utf-8").replace("guards >=", "gards >="), "utf-8")
    return root


def test_validate_shows_the_line_and_a_mark_under_it(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(broken)]) == 2
    out = capsys.readouterr().out
    assert "错误 E11　broken/requirements/guards-standard.yaml:12:14" in out
    assert "  12 |     require: gards >= scale.guards(students)\n     |              ~~~~~\n  建议：" in out
    assert main(["validate", str(broken), "--format", "json", "--lang", "en"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert report["diagnostics"][0]["line"] == 12
    assert report["diagnostics"][0]["code"] == "E11"


def test_a_case_that_fails_is_2(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = broken / "requirements" / "guards-standard.yaml"
    text = path.read_text("utf-8").replace("gards >=", "guards >=").replace("students: 1500", "students: 1400")
    path.write_text(text, "utf-8")
    assert main(["test", str(broken)]) == 2
    out = capsys.readouterr().out
    assert out.count("错误 E16") == 1
    assert "1个不符" in out
    assert main(["test", str(broken), "--format", "json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert sum(not case["passed"] for case in report["cases"]) == 2
    assert main(["test", str(broken), "video-linked"]) == 0


def test_strict_makes_errors_of_reminders(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = broken / "requirements" / "guards-standard.yaml"
    path.write_text(path.read_text("utf-8").replace("gards >= scale.guards(students)", "guards is missing"), "utf-8")
    assert main(["validate", str(broken)]) == 0
    assert "提醒 MISS01" in capsys.readouterr().out
    assert main(["validate", str(broken), "--strict"]) == 2
    assert "错误 MISS01" in capsys.readouterr().out


# --- whatever goes wrong ------------------------------------------------------------------------------

RUN = ["run", str(LITTLE), str(DATA), "--as-of", "2020-01-31"]


@pytest.mark.parametrize("error", ["ValueError('阳光幼儿园')", "MemoryError()", "RecursionError()", "Panic('阳光')"])
def test_a_crash_is_2_with_one_sentence_and_a_log_without_school_data(error: str) -> None:
    done = crash(error, RUN)
    assert done.returncode == 2
    told_to_user = done.stderr.decode()
    assert told_to_user.strip() == "程序出错，未作任何判定。请把 运行/错误.txt 发给维护人员（不含学校数据）。"
    log = Path("运行/错误.txt").read_text("utf-8")
    assert "in broken" in log
    assert "阳光" not in log
    assert str(DATA) not in log


def test_a_crash_in_english() -> None:
    done = crash("KeyError('x')", [*RUN, "--lang", "en"])
    assert done.returncode == 2
    assert done.stderr.decode().startswith("Internal error; nothing was decided. Please send runs/error.txt")


def test_a_crash_where_nothing_may_be_written() -> None:
    Path("运行").write_text("a file, not a folder", "utf-8")
    done = crash("ValueError('x')", RUN)
    assert done.returncode == 2
    assert "程序出错" in done.stderr.decode()


def test_interruption_is_130() -> None:
    done = crash("KeyboardInterrupt()", RUN)
    assert done.returncode == 130
    assert b"Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_no_crash(capsys: pytest.CaptureFixture[str]) -> None:
    Path("taken").write_text("a file", "utf-8")
    assert main([*RUN, "--out", "taken/run"]) == 2
    assert "错误 U13" in capsys.readouterr().err


def test_a_closed_pipe_does_not_change_the_answer(run_folder: Path) -> None:
    for args, code in ((["gate", str(run_folder)], 1), (["report", str(run_folder), "--format", "json"], 0)):
        env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        process = subprocess.Popen(
            [sys.executable, "-m", "checker", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        process.stderr.close()
        assert process.wait() == code
        assert complaint == b""


def test_screens_are_safe_on_a_chinese_console(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finding = json.loads(_json(run_folder, capsys))["findings"][0]["number"]
    for args in (["gate", str(run_folder)], ["report", str(run_folder)], ["explain", str(run_folder), finding], []):
        main(args)
        capsys.readouterr().out.encode("gbk")


def _json(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    main(["report", str(run_folder), "--format", "json"])
    return capsys.readouterr().out
