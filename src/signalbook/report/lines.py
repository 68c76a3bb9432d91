"""Verdicts as JSON lines for tools. Each is one line, and nothing in it is raw that could steer a terminal or a CI system that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.jsontext import compact
from signalbook.terminal import json_lines

if TYPE_CHECKING:
    from signalbook.findings import Verdict


def verdict_json(verdict: Verdict) -> str:
    """Return a verdict as one line of JSON."""
    return line(verdict.as_dict())


def line(value: Any) -> str:
    """Return a value as one line of JSON whose characters are all visible: what is not stands as an escape of JSON, so that the value is the same.

    Lone surrogates, which come from file names that are not UTF-8, are spelt out: JSON cannot hold them.
    """
    text = compact(value)
    if "\\ud" in text:
        text = compact(sayable(value))
    return json_lines(text)


def sayable(value: Any) -> Any:
    """Return a value whose texts can be written as UTF-8: lone surrogates are spelt out."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {sayable(key): sayable(one) for key, one in value.items()}
    return [sayable(one) for one in value] if isinstance(value, list | tuple) else value
