"""The demo city so many times over, under other codes, with the whole pack → time and memory of `checker run --as-is`.

`python -m benchmarks.province [copies …]`: 5, 49 and 194 copies are 0.5, 5 and 20 million records.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from benchmarks import city
from benchmarks.pairs import watched
from checker import pipeline, resources
from checker.model import Pack, Unit

COPIES = (5, 49, 194)
_UNIT = "unit"


def write(folder: Path, copies: int) -> tuple[Path, Path]:
    """The pack, which knows all units, and the folder of tables."""
    pack, run = pipeline.sound_pack("nantong-2019"), folder / "city"
    if not run.exists():
        data = str(city.data(folder))
        command = [*city.CHECKER, "run", "nantong-2019", data, "--as-of", city.AS_OF, "--out", str(run)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    rules, tables = folder / f"pack-{copies}", folder / f"tables-{copies}"
    shutil.copytree(resources.packs()["nantong-2019"], rules)
    lines = (line for copy in range(copies) for unit in pack.units.values() for line in _unit(unit, copy))
    (rules / "units.yaml").write_text("\n".join(["schema: units/1", "units:", *lines, ""]), "utf-8")
    tables.mkdir()
    for path in sorted((run / "tables").glob("*.parquet")):
        own = pl.read_parquet(path)
        with pq.ParquetWriter(tables / path.name, own.to_arrow().schema, compression="zstd") as out:
            for copy in range(copies):
                out.write_table(_copied(pack, path.stem, own, copy).to_arrow())
    return rules, tables


def _unit(unit: Unit, copy: int) -> Iterator[str]:
    yield f"  - code: '{copy:03}{unit.code}'"
    yield f"    name: {{zh: {unit.name.zh}{copy}, en: {unit.name.en} {copy}}}"
    yield f"    short: {unit.short}{copy}"
    yield f"    kind: {unit.kind}"
    if unit.valid_from is not None:
        yield f"    valid_from: {unit.valid_from}"
    if unit.valid_to is not None:
        yield f"    valid_to: {unit.valid_to}"
    if unit.successor:
        yield f"    successor: '{copy:03}{unit.successor}'"


def _copied(pack: Pack, name: str, frame: pl.DataFrame, copy: int) -> pl.DataFrame:
    """Keys are told apart by the number of the copy, which stands before them."""
    table = pack.tables[name]
    keys = {table.key, *table.parents.values(), *table.links.values(), *(["successor"] if name == _UNIT else [])}
    number = pl.lit(f"{copy:03}")
    return frame.with_columns(pl.concat_str(number, key).alias(key) for key in sorted(keys & set(frame.columns)))


def main(asked: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for copies in map(int, asked or COPIES):
            rules, tables = write(folder, copies)
            out = folder / f"run-{copies}"
            command = [
                *city.CHECKER,
                "run",
                str(rules),
                str(tables),
                "--as-is",
                "--as-of",
                city.AS_OF,
                "--out",
                str(out),
            ]
            took = watched(command)
            counts = json.loads((out / "manifest.json").read_text("utf-8"))["counts"]
            records, verdicts = sum(counts["rows"].values()), sum(counts["verdicts"].values())
            print(
                f"{counts['rows']['institution']:>9,} schools {records:>12,} records {verdicts:>12,} verdicts "
                f"{counts['findings']:>11,} findings {took.seconds:8.1f} s {took.held / 1e6:8,.0f} MB",
                flush=True,
            )
            for left in (rules, tables, out):
                shutil.rmtree(left)


if __name__ == "__main__":
    main(sys.argv[1:])
