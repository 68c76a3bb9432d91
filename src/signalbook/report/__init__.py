"""Verdicts and identities → text for people, JSON lines for tools, and the reports that CI systems read. Strings in, strings out; nothing is printed here.

`words` holds what all forms of report share, `text` and `lines` the two forms that a plain run needs, `formats` the table of all of them, `tally` the counts.
No text from a payload or of a file name leaves this room raw: it can steer no terminal and open no command of a CI system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.report.formats import FORMATS, Format
from signalbook.report.lines import verdict_json
from signalbook.report.tally import Tally
from signalbook.report.text import verdict_text
from signalbook.report.words import Paint, coloured, counted, paint, place, plain, summary
from signalbook.terminal import safe

if TYPE_CHECKING:
    from signalbook.report.identities import identity_json as identity_json
    from signalbook.report.identities import identity_text as identity_text

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
    # What `identify` says is not loaded where payloads are validated.
    if name in ("identity_json", "identity_text"):
        from signalbook.report import identities  # noqa: PLC0415

        return getattr(identities, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
