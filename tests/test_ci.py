"""CI: the exit codes that it goes by, whatever is asked for besides; and the files of docs/ci.md, which work as they stand."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import click
import pytest
import yaml
from published import FAULTS

from checker import cli
from checker.__main__ import main
from checker.cli.outputs import asked_files
from checker.forms import BINARY, FAULT_FORMS, FORMS, READERS

ROOT = Path(__file__).parents[1]
LITTLE, DATA = ROOT / "tests" / "little", ROOT / "tests" / "little_data"
RUN = ["run", str(LITTLE), str(DATA), "--as-of", "2020-01-31"]
TEXT = (ROOT / "docs" / "ci.md").read_text("utf-8")
FORMS_TEXT = (ROOT / "docs" / "报告格式.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHECKER_LANG", raising=False)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "closed"
    assert main([*RUN, "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def undecided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its data lie beside it, in `data`."""
    folder = tmp_path_factory.mktemp("undecided")
    shutil.copytree(DATA, folder / "data")
    schools = (DATA / "学校.csv").read_text("utf-8")
    (folder / "data" / "学校.csv").write_text(schools.replace(",否,,", ",是,C,").replace(",拟联网,", ",是,"), "utf-8")
    args = ["run", str(LITTLE), str(folder / "data"), "--as-of", "2020-01-31", "--out", str(folder / "run")]
    assert main(args) == 0
    return folder / "run"


def pack_with(tmp_path: Path, name: str, old: str, new: str) -> Path:
    root = tmp_path / name
    shutil.copytree(LITTLE, root)
    rule = root / "requirements" / "guards-standard.yaml"
    text = rule.read_text("utf-8")
    assert old in text
    rule.write_text(text.replace(old, new), "utf-8")
    return root


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return pack_with(tmp_path, "broken", "guards >=", "gards >=")


@pytest.fixture
def unmet(tmp_path: Path) -> Path:
    """A case that does not come out as expected."""
    return pack_with(tmp_path, "unmet", "students: 1500", "students: 1400")


def checker(*args: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    own = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run([sys.executable, "-m", "checker", *args], capture_output=True, env=own, check=False)


# --- exit codes ----------------------------------------------------------------------------------


def test_the_codes_of_a_gate(closed: Path, undecided: Path) -> None:
    assert checker("gate", str(closed)).returncode == 1
    assert checker("gate", str(undecided)).returncode == 3
    assert checker("gate", str(undecided), "--unit", "启东").returncode == 0
    assert checker("gate", "nowhere").returncode == 2
    assert checker("gate", str(closed), "--formt", "x").returncode == 2


def test_a_run_is_0_whatever_the_gates_say(closed: Path) -> None:
    done = checker(*RUN, "--out", "run", "--output", "junit=out/junit.xml", "--output", "markdown=out/comment.md")
    assert done.returncode == 0
    assert "未通过" in done.stdout.decode()
    assert {path.name for path in Path("out").iterdir()} == {"junit.xml", "comment.md"}


def test_a_run_that_is_not_written_is_2() -> None:
    assert checker("run", str(LITTLE), "nowhere", "--as-of", "2020-01-31").returncode == 2
    done = checker(*RUN, "--out", "run", "--output", "pdf=x.pdf")
    assert (done.returncode, Path("run").exists()) == (2, False)
    assert "U12" in done.stderr.decode()
    Path("taken").write_text("a file", "utf-8")
    assert checker(*RUN, "--out", "run", "--output", "json=taken/x.json").returncode == 2


@pytest.mark.parametrize("command", ["validate", "test"])
def test_codes_of_rules(command: str, broken: Path, unmet: Path) -> None:
    assert checker(command, str(LITTLE)).returncode == 0
    assert checker(command, str(broken)).returncode == 2
    assert checker(command, str(unmet)).returncode == {"validate": 0, "test": 2}[command]


@pytest.mark.parametrize("form", ["text", "json", *FAULT_FORMS])
@pytest.mark.parametrize("command", ["validate", "test"])
def test_no_format_changes_the_code(command: str, form: str, broken: Path, unmet: Path) -> None:
    asked = ["--format", form]
    assert main([command, str(LITTLE), *asked]) == 0
    assert main([command, str(broken), *asked]) == 2
    assert main([command, str(unmet), *asked]) == {"validate": 0, "test": 2}[command]
    assert main([command, "nowhere", *asked]) == 2


@pytest.mark.parametrize("form", FORMS)
def test_a_report_is_0_in_every_form(form: str, closed: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["report", str(closed), "--format", form]) == 0
    printed = capfdbinary.readouterr().out
    assert printed
    assert main(["report", str(closed), "--output", f"{form}=out/x"]) == 0
    assert Path("out/x").read_bytes() == printed


def test_what_a_run_writes_at_once_is_what_a_report_writes_later() -> None:
    outputs = [word for form in FORMS for word in ("--output", f"{form}=at-once/{form}")]
    assert main([*RUN, "--out", "run", *outputs]) == 0
    assert main(["report", "run", *[word.replace("at-once/", "later/") for word in outputs]]) == 0
    different = [form for form in FORMS if Path("at-once", form).read_bytes() != Path("later", form).read_bytes()]
    assert different == []


def test_the_same_bytes_in_another_place_time_zone_and_locale(closed: Path) -> None:
    outputs = [word for form in FORMS for word in ("--output", f"{form}={{}}/{form}")]
    for where, env in (("a", {}), ("b", {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "POLARS_MAX_THREADS": "1"})):
        done = checker("report", str(closed), *[word.format(where) for word in outputs], **env)
        assert done.returncode == 0, done.stderr.decode()
    assert [form for form in FORMS if Path("a", form).read_bytes() != Path("b", form).read_bytes()] == []


def test_two_reports_in_one_file_are_refused(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(closed), "--output", "json=x", "--output", "csv=x"]) == 2
    assert "两个 --output 写同一个文件" in capsys.readouterr().err
    assert not Path("x").exists()


def test_a_binary_form_is_not_shown_on_a_terminal(
    closed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for form in BINARY:
        assert main(["report", str(closed), "--format", form]) == 2
        assert f"--output {form}=文件" in capsys.readouterr().err


# --- what is wrong with rules ----------------------------------------------------------------------


def test_annotations_point_at_the_line(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(broken), "--format", "github"]) == 2
    annotation, words = capsys.readouterr().out.splitlines()
    place = "file=broken/requirements/guards-standard.yaml,line=12,col=14,endColumn=19,title=E11"
    assert annotation.startswith(f"::error {place}::")
    assert words.endswith("1处错误。")


@pytest.mark.parametrize("command", ["validate", "test"])
@pytest.mark.parametrize("form", ["gitlab", "sarif"])
def test_what_a_program_reads_stands_alone(
    command: str, form: str, broken: Path, unmet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the rules cannot even be tried."""
    for pack in (LITTLE, broken, unmet):
        main([command, str(pack), "--format", form])
        captured = capsys.readouterr()
        assert FAULTS[form](captured.out.encode()) == []
        assert captured.err.strip(), "the words for people go beside it"
    told = json.loads(captured.out)
    found = told if form == "gitlab" else told["runs"][0]["results"]
    assert len(found) == (0 if command == "validate" else 1)


def test_cases_left_untried_are_told_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(LITTLE), "video-linked", "--coverage", "--format", "sarif"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["runs"][0]["results"] == []
    assert "2处分辨不出" in captured.err


# --- the files of docs/ci.md ------------------------------------------------------------------------

FILES = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
NAMES = ["github-rules", "github-gate", "gitlab-rules", "gitlab-gate"]
GITLAB_WORDS = {"stages", "default", "variables"}
Scripts = list[tuple[str, dict[str, str]]]  # a script and the environment that its job gives it


def scripts(name: str) -> Scripts:
    """Step by step, as the system runs them; what installs the program is left out."""
    file = cast(dict[Any, Any], FILES[NAMES.index(name)])
    found: Scripts = []
    if name.startswith("github"):
        for job in file["jobs"].values():
            for step in job["steps"]:
                if "run" in step:
                    found.append((step["run"], {**file.get("env", {}), **step.get("env", {})}))
    else:
        for job in (job for word, job in file.items() if word not in GITLAB_WORDS):
            # One shell for the whole job, which ends with the first line that fails.
            found.append(("\n".join(job["script"]), file.get("variables", {})))
    return [(script, {n: str(v) for n, v in env.items()}) for script, env in found if "pip install" not in script]


def commands(script: str, env: Mapping[str, str]) -> Iterator[list[str]]:
    """The words of each `checker …`, with what the shell would put in."""
    for line in script.replace("\\\n", " ").splitlines():
        for part in re.findall(r"\bchecker [^|>;&]*", line):
            for name, value in env.items():
                part = part.replace(f"${name}", value)
            part = part.replace("${AS_OF:-$(date +%F)}", "2020-01-31").replace("$GITHUB_STEP_SUMMARY", "summary.md")
            assert "$" not in part, part
            yield shlex.split(part)[1:]


def test_there_are_two_files_for_each_system() -> None:
    assert len(FILES) == len(NAMES)
    for name, file in zip(NAMES, FILES, strict=True):
        assert ("jobs" in file) == name.startswith("github")
        assert sum(1 for script, env in scripts(name) for _ in commands(script, env)) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_every_command_in_them_is_understood(name: str) -> None:
    for script, env in scripts(name):
        for words in commands(script, env):
            command = cli.cli.commands[words[0]]
            with click.Context(cli.cli) as above, command.make_context(words[0], words[1:], parent=above) as ctx:
                asked_files(ctx.params.get("outputs", ()))


@pytest.mark.parametrize("name", NAMES)
def test_they_say_what_they_must(name: str) -> None:
    file = FILES[NAMES.index(name)]
    text = yaml.safe_dump(file)
    assert "CHECKER_LANG: zh" in text
    if name.startswith("github"):
        assert file["defaults"]["run"]["shell"] == "bash"
    if name == "github-gate":
        assert file["jobs"]["gate"]["runs-on"][0] == "self-hosted"
        assert any(step.get("if") == "always()" for step in file["jobs"]["gate"]["steps"])
    if name == "gitlab-gate":
        assert file["gate"]["allow_failure"] == {"exit_codes": [3]}
        assert file["gate"]["artifacts"]["when"] == "always"


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which `checker` is this checkout's."""
    program = tmp_path / "bin" / "checker"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m checker "$@"\n', "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "GITHUB_STEP_SUMMARY": "summary.md"}


def carried_out(name: str, shell: Mapping[str, str], pack: Path, data: Path) -> list[int]:
    """Every script on these rules and records, as the system would run it."""
    codes = []
    for script, env in scripts(name):
        given = {**shell, **env, "PACK": str(pack), "DATA": str(data), "AS_OF": "2020-01-31"}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            env=given,
            capture_output=True,
            check=False,
        )
        assert b"Traceback" not in done.stderr
        codes.append(done.returncode)
    return codes


@pytest.mark.parametrize(
    ("name", "sound", "faulty"), [("github-rules", [0, 0, 0, 0], [2, 2, 0, 2]), ("gitlab-rules", [0, 0, 0], [2, 2, 2])]
)
def test_rules_on_every_change(
    name: str, sound: list[int], faulty: list[int], shell: dict[str, str], broken: Path
) -> None:
    assert carried_out(name, shell, LITTLE, DATA) == sound
    assert FAULTS["junit"](Path("out/junit.xml").read_bytes()) == []
    shutil.rmtree("out")
    assert carried_out(name, shell, broken, DATA) == faulty
    file, form = {"github-rules": ("rules.sarif", "sarif"), "gitlab-rules": ("gl-code-quality-report.json", "gitlab")}[
        name
    ]
    written = Path(file).read_bytes()
    assert FAULTS[form](written) == []
    assert b"guards-standard.yaml" in written


@pytest.mark.parametrize(
    ("name", "answers"),
    [("github-gate", {"closed": 1, "undecided": 0}), ("gitlab-gate", {"closed": 1, "undecided": 3})],
)
def test_the_gate_on_real_data(name: str, answers: dict[str, int], shell: dict[str, str], undecided: Path) -> None:
    """The reports are there whatever the gate says."""
    for state, data in (("closed", DATA), ("undecided", undecided.parent / "data")):
        assert carried_out(name, shell, LITTLE, data)[-1] == answers[state]
        assert FAULTS["junit"](Path("out/junit.xml").read_bytes()) == []
        shutil.rmtree("out")


def test_a_pipe_swallows_the_code_without_pipefail(closed: Path, shell: dict[str, str]) -> None:
    def code(*options: str) -> int:
        line = f"checker gate '{closed}' | cat"
        return subprocess.run(["bash", *options, "-c", line], env=shell, capture_output=True, check=False).returncode

    assert (code(), code("-o", "pipefail")) == (0, 1)


# --- docs/报告格式.md -------------------------------------------------------------------------------


def test_every_form_is_described() -> None:
    table = FORMS_TEXT.split("## 给谁用")[1].split("## ")[0]
    assert re.findall(r"^\| `([a-z-]+)`", table, re.MULTILINE) == list(READERS)
    mapping = FORMS_TEXT.split("## 同一个问题")[1].split("## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)`", mapping, re.MULTILINE)) < set(FORMS)


def test_the_table_of_codes_is_that_of_the_commands() -> None:
    table = TEXT.split("## 退出码")[1].split("## ")[0]
    named = {
        word
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for word in re.findall(r"`(?:checker )?(\w+)`", row)
    }
    assert named <= set(cli.cli.commands)
    assert {"gate", "run", "report", "validate", "test", "verify"} <= named
