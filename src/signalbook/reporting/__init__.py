"""Formats verdicts and identities as text for people, JSON lines for tools, and CI reports. It takes and returns strings, and prints nothing.

`renderer` holds what all formats share, `text` and `json_lines` the formats of a plain run, `formats` the table of all formats, `counts` the counts.
Text from payloads and file names is always escaped: it cannot control a terminal or inject commands into a CI system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.reporting.counts import Tally
from signalbook.reporting.format import Format
from signalbook.reporting.formats import FORMATS
from signalbook.reporting.json_lines import verdict_json
from signalbook.reporting.renderer import Paint, coloured, counted, paint, place, plain, summary
from signalbook.reporting.text import verdict_text
from signalbook.terminal import safe

if TYPE_CHECKING:
    from signalbook.reporting.identities import identity_json, identity_text

__all__ = [
    "FORMATS",
    "Format",
    "Paint",
    "Tally",
    "coloured",
    "counted",
    "identity_json",
    "identity_text",
    "paint",
    "place",
    "plain",
    "safe",
    "summary",
    "verdict_json",
    "verdict_text",
]


def __getattr__(name: str) -> Any:
    # Validation does not need these, so import them lazily.
    if name in ("identity_json", "identity_text"):
        from signalbook.reporting import identities  # noqa: PLC0415

        return getattr(identities, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
