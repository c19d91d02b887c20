"""Nothing → the peers: which module, which distribution, what it can say; and where those live that need other versions than ours."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

APART = Path(sys.prefix) / "peers"


# What a peer gives.
EVIDENCE = (
    "evidence"  # verdicts, counts by county, and for each fail and each unknown a row with the values that decided
)
VERDICTS = "verdicts"
FAILURES = "failures"
# How the rules in it tell unknown from fail.
NATIVE = "native"  # a missing value is unknown in the language itself
GUARDED = "guarded"  # written out in every rule: certainly true, certainly false, else unknown
NEVER = "never"


@dataclass(frozen=True, slots=True)
class Listed:
    """`apart`: what to install in an environment of its own. `zh`: its title in Chinese, where it has one."""

    id: str
    title: str
    distribution: str
    imports: str
    gives: str
    unknown: str
    apart: tuple[str, ...] = ()
    zh: str = ""

    def named(self, lang: str) -> str:
        return self.zh or self.title if lang == "zh" else self.title

    @property
    def python(self) -> Path:
        return APART / self.id / "bin" / "python" if self.apart else Path(sys.executable)

    @property
    def installed(self) -> bool:
        return self.python.exists() if self.apart else find_spec(self.imports) is not None


_OURS = "school-safety-checker"
_CEL, _CEDAR, _DURABLE = "common-expression-language", "cedarpy", "durable-rules"
PEERS = (
    Listed("checker", "checker", _OURS, "checker", EVIDENCE, NATIVE),
    Listed("checker_reference", "checker --engine reference", _OURS, "checker", EVIDENCE, NATIVE),
    Listed("hand_polars_findings", "Polars by hand", "polars", "polars", EVIDENCE, NATIVE, zh="手写 Polars"),
    Listed("duckdb_findings", "DuckDB SQL by hand", "duckdb", "duckdb", EVIDENCE, NATIVE, zh="手写 DuckDB SQL"),
    Listed("plain_python_findings", "Python by hand", "", "json", EVIDENCE, GUARDED, zh="手写 Python"),
    Listed("hand_polars", "Polars (verdicts only)", "polars", "polars", VERDICTS, NATIVE, zh="手写 Polars（只判定）"),
    Listed(
        "duckdb_sql", "DuckDB SQL (verdicts only)", "duckdb", "duckdb", VERDICTS, NATIVE, zh="手写 DuckDB SQL（只判定）"
    ),
    Listed("plain_python", "Python (verdicts only)", "", "json", VERDICTS, GUARDED, zh="手写 Python（只判定）"),
    Listed("cel_rust", "CEL (cel-rust)", _CEL, "cel", VERDICTS, NATIVE),
    Listed("zen", "zen-engine", "zen-engine", "zen", VERDICTS, GUARDED),
    Listed("cedar", "Cedar (cedarpy)", _CEDAR, "cedarpy", VERDICTS, GUARDED),
    Listed("json_logic", "json-logic-qubit", "json-logic-qubit", "json_logic", VERDICTS, GUARDED),
    Listed("rule_engine", "rule-engine", "rule-engine", "rule_engine", VERDICTS, GUARDED, ("rule-engine==5.1.0",)),
    Listed("durable_rules", "durable-rules", _DURABLE, "durable", VERDICTS, GUARDED),
    Listed("rego", "Rego (regopy)", "regopy", "regopy", VERDICTS, GUARDED),
    Listed("cel_python", "CEL (cel-python)", "cel-python", "celpy", VERDICTS, NATIVE),
    Listed("cedar_failures", "Cedar (failures only)", _CEDAR, "cedarpy", FAILURES, NEVER, zh="Cedar（只报不达标）"),
    Listed("pandera_polars", "pandera", "pandera", "pandera", FAILURES, NEVER),
    Listed(
        "durable_rules_failures",
        "durable-rules (failures only)",
        _DURABLE,
        "durable",
        FAILURES,
        NEVER,
        zh="durable-rules（只报不达标）",
    ),
    Listed("pointblank_polars", "pointblank", "pointblank", "pointblank", FAILURES, NEVER),
    Listed("custodian", "Cloud Custodian (c7n)", "c7n", "c7n", FAILURES, NEVER, ("c7n==0.9.53",)),
)
