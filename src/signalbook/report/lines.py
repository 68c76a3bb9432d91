"""Verdicts as JSON lines for tools. Each is one line, and nothing in it is raw that could steer a terminal or a CI system that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.jsontext import compact

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
        text = compact(_sayable(value))
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _escaped(char) for char in text)
    # Azure and GitHub obey `##vso[…]` and `##[…]` anywhere in a line that a step prints.
    return text.replace("##", "#\\u0023") if "##" in text else text


def _sayable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_sayable(key): _sayable(one) for key, one in value.items()}
    return [_sayable(one) for one in value] if isinstance(value, list | tuple) else value


def _escaped(char: str) -> str:
    """Return a character as JSON escapes it: one beyond the first plane as two surrogates."""
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
