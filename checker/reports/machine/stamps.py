"""What a thing is → the identifiers and times that formats demand, the same whenever and wherever they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

TOOL = "school-safety-checker"
URN = f"urn:{TOOL}"
SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_OURS: UUID = uuid5(NAMESPACE_URL, URN)


def stable_uuid(*parts: str) -> str:
    """A version 5 UUID: the same for the same parts."""
    return str(uuid5(_OURS, "\x1f".join(parts)))


def of_run(manifest: Mapping[str, Any], *more: str) -> str:
    """What tells this run from every other: the rules, the data and the dates it rests on."""
    return sha256(json.dumps([manifest, *more], sort_keys=True, default=str).encode()).hexdigest()


def of_manifest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of the manifest's file, as a run's folder holds it: anybody can compare it."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return sha256(text.encode()).hexdigest()


def moment(day: date) -> str:
    """The start of a day, for formats that demand a time with a zone."""
    return f"{day.isoformat()}T00:00:00Z"


def end_of(day: date) -> str:
    """A date due is inclusive."""
    return f"{day.isoformat()}T23:59:59Z"
