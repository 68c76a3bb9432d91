"""Check, identify and parse the notifications that clouds send.

- `check(payload)` checks a payload against its contract and returns a verdict; a `Checker` holds the options for many payloads.
- `identify(payload)` returns what a payload is and why.
- `parse(payload)` returns a payload as typed models.

Each takes one payload as bytes, text or a dict, or a list of payloads as function triggers deliver them. A list gives one verdict for all its items;
call the function for each item to get one verdict per item, as the command does for an array. `Registry.load(folder)` loads a schema tree. Without a
registry, the built-in catalogue is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from signalbook import strategies as strategies
    from signalbook.api import Checker, check, contract, identify, parse, parse_all
    from signalbook.engine.levels import Level
    from signalbook.envelopes.identification import Identity
    from signalbook.errors import (
        BrokenRegistry,
        CannotCompose,
        CannotSample,
        Fault,
        MissingExtra,
        MissingModels,
        SignalbookError,
        UnknownContract,
    )
    from signalbook.reading.json_text import NotJSON
    from signalbook.registry import Registry
    from signalbook.validation.findings import Finding, Part, Verdict
    from signalbook.validation.parsing import Delivery, ParseError

__all__ = [
    "BrokenRegistry",
    "CannotCompose",
    "CannotSample",
    "Checker",
    "Delivery",
    "Fault",
    "Finding",
    "Identity",
    "Level",
    "MissingExtra",
    "MissingModels",
    "NotJSON",
    "ParseError",
    "Part",
    "Registry",
    "SignalbookError",
    "UnknownContract",
    "Verdict",
    "check",
    "contract",
    "identify",
    "parse",
    "parse_all",
]

# The module of each exported name. Names are imported on first access, because the command needs only a few of them.
_HOMES = {
    "api": ("Checker", "check", "contract", "identify", "parse", "parse_all"),
    "validation.parsing": ("Delivery", "ParseError"),
    "errors": (
        "BrokenRegistry",
        "CannotCompose",
        "CannotSample",
        "Fault",
        "MissingExtra",
        "MissingModels",
        "SignalbookError",
        "UnknownContract",
    ),
    "engine.levels": ("Level",),
    "validation.findings": ("Finding", "Part", "Verdict"),
    "envelopes.identification": ("Identity",),
    "reading.json_text": ("NotJSON",),
    "registry": ("Registry",),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415 - see above

    if name == "strategies":
        return import_module("signalbook.strategies")
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Cached, so that Python calls `__getattr__` only once per name.
    globals()[name] = found = getattr(import_module(f"signalbook.{home}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
