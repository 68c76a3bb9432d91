"""Formats verdicts and identities as text for people, JSON lines for tools, and CI reports. It takes and returns strings, and prints nothing.

`format` holds what all formats share, `text` and `json_lines` the formats of a plain run, `formats` the table of all formats.
Text from payloads and file names is always escaped: it cannot control a terminal or inject commands into a CI system.
"""

from __future__ import annotations

from signalbook.reporting.format import Format, Paint, Tally, coloured, counted, paint, place, plain, summary
from signalbook.reporting.formats import FORMATS
from signalbook.reporting.json_lines import verdict_json
from signalbook.reporting.text import identity_json, identity_text, verdict_text
from signalbook.terminal import safe

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
