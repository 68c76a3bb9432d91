"""Minimizes a witness: removes what can be removed and simplifies the rest, as long as it still shows the same difference."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from signalbook.reading.strict_json import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_TRIES = 3_000
_PLAIN: tuple[Any, ...] = (None, False, 0, "", [], {})


def smallest(value: Any, shows: Callable[[Any], bool], seconds: float) -> Any:
    """Return the smallest value reached from `value` by single steps that each keep `shows` true.

    Stops after some thousand tries, or after `seconds`.
    """
    tries, end = 0, monotonic() + seconds
    found = True
    while found:
        found = False
        for simpler in _simpler(value):
            tries += 1
            if tries > _MOST_TRIES or monotonic() > end:
                return value
            if weight(simpler) < weight(value) and shows(simpler):
                value, found = simpler, True
                break
    return value


def weight(value: Any) -> tuple[int, int, str]:
    """Return the sort key of values: shorter text first, then plainer characters."""
    text = compact(value)
    return len(text), sum(not ("a" <= char <= "z" or char in '0"{}[]:,') for char in text), text


def _simpler(value: Any) -> Iterator[Any]:
    """Yield values one step simpler than a value, larger steps first."""
    yield from (plain for plain in _PLAIN if type(plain) is not type(value) or plain != value)
    match value:
        case dict():
            yield from ({name: inner for name, inner in value.items() if name != left} for left in value)
            yield from (
                {**value, name: simpler} for name, inner in value.items() for simpler in _simpler(inner)
            )
        case list():
            yield value[: len(value) // 2]
            yield from ([*value[:place], *value[place + 1 :]] for place in range(len(value)))
            yield from (
                [*value[:place], simpler, *value[place + 1 :]]
                for place, inner in enumerate(value)
                for simpler in _simpler(inner)
            )
        case str():
            yield value[: len(value) // 2]
            yield from (value[:place] + value[place + 1 :] for place in range(len(value)))
            yield from (value[:place] + "a" + value[place + 1 :] for place in range(len(value)))
        case bool() | None:
            pass
        case int() | float():
            yield from (int(value), abs(value), value // 2, 1)
