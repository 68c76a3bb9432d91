"""Formats verdicts as JSON lines for tools, with everything escaped that could control a terminal or a CI system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.reading.strict_json import compact
from signalbook.terminal import json_lines

if TYPE_CHECKING:
    from signalbook.validation.findings import Verdict


def verdict_json(verdict: Verdict) -> str:
    """Return a verdict as one line of JSON."""
    return line(verdict.as_dict())


def line(value: Any) -> str:
    """Return a value as one line of JSON with only visible characters. Others are written as JSON escapes, which do not change the value.

    Lone surrogates, which come from file names that are not UTF-8, are written as backslash escapes, because JSON cannot hold them.
    """
    text = compact(value)
    if "\\ud" in text:
        text = compact(sayable(value))
    return json_lines(text)


def sayable(value: Any) -> Any:
    """Return a value whose strings can be encoded as UTF-8: lone surrogates become backslash escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {sayable(key): sayable(one) for key, one in value.items()}
    return [sayable(one) for one in value] if isinstance(value, list | tuple) else value
