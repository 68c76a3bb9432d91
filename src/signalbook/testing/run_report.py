"""Renders the report of a whole run, what all handlers received, as text and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from signalbook import terminal
from signalbook.codegen import writer
from signalbook.reading import strict_json
from signalbook.testing import encounters

if TYPE_CHECKING:
    from collections.abc import Callable


def merged(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort reports by test and event, whichever worker made them."""
    return sorted(reports, key=lambda report: (report["test"], report["event"]))


def _text(reports: list[dict[str, Any]]) -> str:
    return terminal.lines(encounters.text(reports)) or "no handler was tested"


def _json(reports: list[dict[str, Any]]) -> str:
    return terminal.json_lines(
        strict_json.canonical({"signalbook-encounters": 1, "handlers": reports}).decode().rstrip("\n")
    )


FORMS: dict[str, Callable[[list[dict[str, Any]]], str]] = {"text": _text, "json": _json}
"""Report formats."""


def save(file: str, text: str) -> None:
    """Write a report to a file. Raises OSError."""
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    writer.make(file, f"{text}\n".encode())
