"""The shape of the package, read from its imports: stages do not know each other, one door per library, no heavy start."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "checker"
FILES = sorted(PACKAGE.rglob("*.py"))

# What everybody may use: data, words, messages.
NOUNS = {
    "errors",
    "fitting",
    "collector",
    "dtypes",
    "parquet",
    "forms",
    "expr",
    "model",
    "plan",
    "lexicon",
    "words",
    "render",
    "resources",
    "mutants",
    "yaml_text",
    "sheet_text",
    "visible",
    "understood",
    "units",
    "relations",
    "mapping",
    "threads",
    "processes",
    "measures",
    "network",
    "packed",
    "papers",
    "affected",
    "basis",
    "batches",
    "reads",
    "rejudge",
    "courses",
    "signs",
    "together",
}
# What a stage is made of besides, and the few that may see stages.
MORE = {
    "compile": {"parse", "resolve"},
    "intake": {"tables"},
    "inquire": {"tables"},
    "engines/reference": {"engines/world", "engines/values"},
    "engines/rete": {"engines/reference", "engines/world", "engines/values"},
    "engines/spark": {"engines/columnar"},
    "engines/world": {"engines/values", "engines/counting"},
    "engines/counting": {"engines/values"},
    "defer": {"engines/values"},
    "escalate": {"engines/reference", "engines/world", "engines/values"},
    "api": {"pipeline"},
    "cli": {"pipeline"},
    "__main__": {"cli"},
    "__init__": {"api"},
}
DOORS = {
    "adbc_driver_postgresql": {"intake"},
    "sqlite3": {"intake"},
    "yaml": {"load"},
    "jsonschema": {"validate"},
    "lark": {"parse"},
    "click": {"cli"},
    "durable": {"network"},
    "durable_rules_engine": {"network"},
    "pyspark": {"engines/spark"},
    "jinja2": {"reports"},
    "markupsafe": {"reports"},
    "markdown_it": {"book"},
    "polars_hash": {"find"},
    "rich": {"cli"},
    "pandas": {"intake"},
    "python_calamine": {"intake"},
    "rapidfuzz": {"intake"},
    "xlsxwriter": {"sheet_text"},
    "openpyxl": {"inquire", "reports"},
    "docx": {"reports"},
}
HEAVY = (
    "polars",
    "pandas",
    "numpy",
    "pyarrow",
    "rich",
    "jsonschema",
    "python_calamine",
    "rapidfuzz",
    "xlsxwriter",
    "openpyxl",
    "docx",
    "jinja2",
    "pyspark",
)


def component(path: Path) -> str:
    """`checker/find/rates.py` → find; the engines are components of their own."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    if parts[0] == "engines":
        return "/".join(parts[:2]) if parts[1] != "__init__" else "engines"
    return parts[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def at_runtime(path: Path) -> Iterator[str]:
    """Every module that is imported, also inside functions; not what only the type checker reads."""
    typing_only = {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree(path)):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(name: str) -> Path | None:
    """The file behind `checker.find.rates.targets`, whichever part of it is a module."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        base = ROOT.joinpath(*parts[:end])
        for candidate in (base.with_suffix(".py"), base / "__init__.py"):
            if candidate.is_file():
                return candidate
    return None


def own_imports(path: Path) -> set[Path]:
    return {found for name in at_runtime(path) if name.startswith("checker") and (found := module_of(name))} - {path}


def test_stages_do_not_import_stages() -> None:
    wrong = []
    for path in FILES:
        here = component(path)
        if here == "pipeline":
            continue
        allowed = NOUNS | MORE.get(here, set()) | {here, "engines"}
        wrong += [
            f"{path.relative_to(ROOT)} imports {component(other)}"
            for other in own_imports(path)
            if component(other) not in allowed and other != PACKAGE / "__init__.py"
        ]
    assert wrong == []


def test_no_import_cycle() -> None:
    edges = {path: own_imports(path) for path in FILES}
    done: set[Path] = set()

    def visit(path: Path, way: tuple[Path, ...]) -> None:
        assert path not in way, " → ".join(str(step.relative_to(ROOT)) for step in (*way, path))
        if path in done:
            return
        for following in edges[path]:
            visit(following, (*way, path))
        done.add(path)

    for path in FILES:
        # A package's door imports its own rooms; the rooms do not go back through the door.
        visit(path, ())


@pytest.mark.parametrize("library", DOORS)
def test_one_door_per_library(library: str) -> None:
    users = {component(path) for path in FILES if any(name.split(".")[0] == library for name in at_runtime(path))}
    assert users <= DOORS[library]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_says_what_comes_in_and_goes_out(path: Path) -> None:
    text = ast.get_docstring(tree(path))
    assert text, "every module opens with a docstring"
    assert re.match(r"[^\n]{20,}(\n|$)", text), "its first line says it all"
    assert len(path.read_text("utf-8").splitlines()) <= 400, "a stage that outgrows a file becomes a folder"


def test_no_leftover_names() -> None:
    """No drawer for odds and ends, nothing half done, no path of the machine it was written on."""
    for path in [*FILES, *sorted((ROOT / "tests").glob("*.py"))]:
        assert not set(path.relative_to(ROOT).with_suffix("").parts) & {"utils", "helpers", "common", "misc", "tools"}
        found = re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b", path.read_text("utf-8"))
        assert path == Path(__file__) or not found, f"{path}: {found}"


def test_no_marks_of_a_merge() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        assert not re.findall(r"(?m)^(?:<{7} |={7}$|>{7} )", path.read_text("utf-8")), path


@pytest.mark.parametrize(
    "command",
    [["--help"], ["--version"], [], ["run", "--help"], ["validate", "tests/little"]],
    ids=["help", "version", "bare", "run-help", "validate"],
)
def test_light_commands_import_no_heavy_library(command: list[str]) -> None:
    code = (
        "import sys; from checker.__main__ import main; code = main(sys.argv[1:]);"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules];"
        "print('LOADED', loaded, 'CODE', code)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == "LOADED [] CODE 0", done.stderr.decode()


def test_importing_the_package_imports_nothing_else() -> None:
    code = f"import checker, sys; print([n for n in ('click', 'yaml', *{HEAVY!r}) if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"
