"""Validates signalbook's own files against the JSON Schemas in `meta/`."""

from __future__ import annotations

from functools import cache

from signalbook.engine.schema_validator import Checker
from signalbook.reading import strict_json
from signalbook.registry.tree_reader import META


@cache
def checker(name: str) -> Checker:
    """Return the checker for a kind of file: `config` or `baseline`."""
    return Checker(strict_json.loads((META / f"{name}.schema.json").read_bytes()))
