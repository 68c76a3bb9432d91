"""Which envelope is this? One look-up from a payload's top-level keys, then tests on keys and single values; no schema is tried.

Neighbours, the JSON of other products, take part like envelopes: what fits one best is said to be that, and is never checked as an event of ours.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from signalbook.jsontext import compact, shown, unfolded
from signalbook.registry.model import Envelope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signalbook.registry.model import Neighbour, Recognition

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_ABSENT = object()


class Recogniser:
    """The look-up from a payload to the envelopes and neighbours that it fits."""

    def __init__(self, known: Iterable[Envelope | Neighbour]) -> None:
        self._known = tuple(known)
        self._telling: dict[str, list[Envelope | Neighbour]] = defaultdict(list)
        for one in self._known:
            for key in one.recognise.keys:
                self._telling[key].append(one)

    def recognise(self, payload: Mapping[str, Any]) -> list[Envelope | Neighbour]:
        """Return what a payload fits best, by the number of telling keys and likely tests: one, or none, or several that nothing tells apart."""
        hits: dict[str, int] = {}
        candidates: dict[str, Envelope | Neighbour] = {}
        for key in payload:
            for one in self._telling.get(key, ()):
                hits[one.id] = hits.get(one.id, 0) + 1
                candidates[one.id] = one
        fitting = [(_score(one.recognise, payload, hits[name]), one) for name, one in candidates.items() if _fits(one.recognise, payload, hits[name])]
        best = max((count for count, _ in fitting), default=0)
        return [one for count, one in fitting if count == best]

    def near(self, payload: Mapping[str, Any]) -> tuple[Envelope, list[str]] | None:
        """Return the envelope that comes nearest to an unrecognised payload, and what keeps it from fitting; None where nothing is near."""
        counted = [(len(_present(one.recognise, payload)), one) for one in self._known if isinstance(one, Envelope)]
        near = [(count, list(_misfits(one.recognise, payload)), one) for count, one in counted if count and count * 2 >= one.recognise.least]
        best = max(near, key=lambda found: (found[0], -len(found[1])), default=None)
        return (best[2], best[1]) if best else None


def _present(rule: Recognition, payload: Mapping[str, Any]) -> list[str]:
    return [key for key in rule.keys if key in payload]


def _fits(rule: Recognition, payload: Mapping[str, Any], hits: int) -> bool:
    if hits < rule.least or not rule.absent.isdisjoint(payload):
        return False
    if rule.some and not any(_holds(test, value_at(payload, path)) for path, test in rule.some):
        return False
    if not all(_passes(test, value_at(payload, path)) for path, test in rule.values.items()):
        return False
    return all(_holds_keys(_first_at(payload, path), keys, least) for path, (keys, least) in rule.inside.items())


def _score(rule: Recognition, payload: Mapping[str, Any], hits: int) -> int:
    return hits + sum(_holds(test, value_at(payload, path)) for path, test in rule.likely)


def _misfits(rule: Recognition, payload: Mapping[str, Any]) -> Iterator[str]:
    present = _present(rule, payload)
    if len(present) < rule.least:
        missing = [key for key in rule.keys if key not in payload]
        yield f"it lacks {', '.join(map(repr, missing))}"
    yield from (f"it has {key!r}" for key in sorted(rule.absent) if key in payload)
    if rule.some and not any(_holds(test, value_at(payload, path)) for path, test in rule.some):
        yield f"it has none of {', '.join(_named(path, test) for path, test in rule.some)}"
    for path, test in rule.values.items():
        if not _passes(test, value_at(payload, path)):
            yield f"its {'/'.join(path)!r} is {shown(value_at(payload, path))}, and not {_wanted(test)}"
    for path, (keys, least) in rule.inside.items():
        if not _holds_keys(_first_at(payload, path), keys, least):
            yield f"its {'/'.join(path)!r} has fewer than {least} of {', '.join(sorted(keys))}"


def _named(path: tuple[str, ...], test: Mapping[str, Any]) -> str:
    return repr("/".join(path)) + (f" as {_wanted(test)}" if test else "")


def _wanted(test: Mapping[str, Any]) -> str:
    if "type" in test:
        return f"of type {test['type']}"
    return " or ".join(map(compact, test["enum"])) if "enum" in test else f"a text that begins with {test['prefix']!r}"


def _passes(test: Mapping[str, Any], value: Any) -> bool:
    """Whether a value passes a test; one that is absent does, and so does one that is not even of the test's type."""
    if value is _ABSENT:
        return True
    if "type" in test:
        fits = isinstance(value, _JSON_TYPES[test["type"]])
        return fits and (test["type"] == "boolean" or not isinstance(value, bool))
    return not isinstance(value, str) or _is_so(test, value)


def _holds(test: Mapping[str, Any], value: Any) -> bool:
    """Whether something is there, and passes the test where there is one."""
    if value is _ABSENT or not test:
        return value is not _ABSENT
    return _passes(test, value) if "type" in test else isinstance(value, str) and _is_so(test, value)


def _is_so(test: Mapping[str, Any], text: str) -> bool:
    return text in test["enum"] if "enum" in test else text.startswith(test["prefix"])


def _holds_keys(value: Any, keys: frozenset[str], least: int) -> bool:
    """Whether an object has enough of some keys; what is absent or no object is left to the contract."""
    return not isinstance(value, dict) or sum(key in value for key in keys) >= least


def value_at(value: Any, path: tuple[str, ...]) -> Any:
    """Return what a path leads to, or a private mark where it leads nowhere. It may lead through strings that hold JSON text."""
    for step in path:
        value = unfolded(value)
        if not isinstance(value, dict) or step not in value:
            return _ABSENT
        value = value[step]
    return value


def _first_at(value: Any, path: tuple[str, ...]) -> Any:
    """Return what a path leads to, with * for the first item of an array."""
    for step in path:
        several = step == "*" and isinstance(value, list)
        value = next(iter(value), _ABSENT) if several else value_at(value, (step,))
    return value


def text_at(value: Any, path: tuple[str, ...]) -> str | None:
    """Return the string a path leads to, or None where there is none."""
    found = value_at(value, path)
    return found if isinstance(found, str) else None
