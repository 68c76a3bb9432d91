"""Contracts for the notifications that clouds send.

`check(payload)` says whether a payload keeps its contract, `identify(payload)` what it is and why, `parse(payload)` returns it as typed models;
each takes one payload as bytes, as text, or as a dict. An array is a batch to the command only: call them for each of its items.
`Registry.load(folder)` reads a tree of schemas; without one, the catalogue that comes with the kit is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from signalbook import strategies as strategies
    from signalbook.calls import check, contract, identify, parse, parse_all
    from signalbook.delivery import Delivery, ParseError
    from signalbook.errors import BrokenRegistry, CannotCompose, CannotSample, Fault, MissingExtra, MissingModels, SignalbookError, UnknownContract
    from signalbook.findings import Finding, Level, Part, Verdict
    from signalbook.identity import Identity
    from signalbook.jsontext import NotJSON
    from signalbook.registry import Registry

__all__ = [
    "BrokenRegistry",
    "CannotCompose",
    "CannotSample",
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

# Where each name is. They are imported when they are first asked for: the command, which needs few of them, waits for none of the others.
_HOMES = {
    "calls": ("check", "contract", "identify", "parse", "parse_all"),
    "delivery": ("Delivery", "ParseError"),
    "errors": ("BrokenRegistry", "CannotCompose", "CannotSample", "Fault", "MissingExtra", "MissingModels", "SignalbookError", "UnknownContract"),
    "findings": ("Finding", "Level", "Part", "Verdict"),
    "identity": ("Identity",),
    "jsontext": ("NotJSON",),
    "registry": ("Registry",),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415 - see above

    if name == "strategies":
        return import_module("signalbook.strategies")
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Kept, so that Python asks once only.
    globals()[name] = found = getattr(import_module(f"signalbook.{home}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
