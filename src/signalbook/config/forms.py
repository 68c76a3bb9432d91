"""What a file of ours may hold, by its JSON Schema in `meta/`."""

from __future__ import annotations

from functools import cache

from signalbook import jsontext
from signalbook.engine import Checker
from signalbook.registry.reading import META


@cache
def checker(name: str) -> Checker:
    """Return what checks a file of a kind: `config`, `baseline`."""
    return Checker(jsontext.loads((META / f"{name}.schema.json").read_bytes()))
