"""Nothing → the peers: which module, which distribution, what it can say; and where those live that need other versions than ours."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

APART = Path(sys.prefix) / "peers"


@dataclass(frozen=True, slots=True)
class Listed:
    """`unknown`: how the rules in this tool tell unknown from fail. `apart`: what to install in an environment of its own."""

    id: str
    title: str
    distribution: str
    imports: str
    unknown: str
    apart: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        return APART / self.id / "bin" / "python" if self.apart else Path(sys.executable)

    @property
    def installed(self) -> bool:
        return self.python.exists() if self.apart else find_spec(self.imports.partition(".")[0]) is not None


NATIVE = "native"  # a missing value is unknown in the language itself
GUARDED = "guarded"  # written out in every rule: certainly true, certainly false, else unknown
NONE = "none"  # only failures are told
PEERS = (
    Listed("checker", "checker", "school-safety-checker", "checker", NATIVE),
    Listed("checker_reference", "checker, record by record", "school-safety-checker", "checker", NATIVE),
    Listed("hand_polars", "Polars, by hand", "polars", "polars", NATIVE),
    Listed("duckdb_sql", "DuckDB SQL, by hand", "duckdb", "duckdb", NATIVE),
    Listed("plain_python", "Python, by hand", "", "json", GUARDED),
    Listed("cel_rust", "CEL (cel-rust)", "common-expression-language", "cel", NATIVE),
    Listed("cel_python", "CEL (cel-python)", "cel-python", "celpy", NATIVE),
    Listed("zen", "zen-engine", "zen-engine", "zen", GUARDED),
    Listed("json_logic", "json-logic-qubit", "json-logic-qubit", "json_logic", GUARDED),
    Listed("rule_engine", "rule-engine", "rule-engine", "rule_engine", GUARDED, ("rule-engine==5.1.0",)),
    Listed("durable_rules", "durable-rules", "durable-rules", "durable", GUARDED),
    Listed("durable_rules_failures", "durable-rules, failures only", "durable-rules", "durable", NONE),
    Listed("rego", "Rego (regopy)", "regopy", "regopy", GUARDED),
    Listed("cedar", "Cedar (cedarpy)", "cedarpy", "cedarpy", GUARDED),
    Listed("cedar_failures", "Cedar (cedarpy), failures only", "cedarpy", "cedarpy", NONE),
    Listed("custodian", "Cloud Custodian", "c7n", "c7n", NONE, ("c7n==0.9.53",)),
    Listed("pandera_polars", "pandera", "pandera", "pandera", NONE),
    Listed("pointblank_polars", "pointblank", "pointblank", "pointblank", NONE),
)
