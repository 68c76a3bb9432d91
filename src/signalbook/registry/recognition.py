"""Recognises the envelope of a payload by its top-level keys, and by tests on keys and single values, without validating any schema.

Neighbours, the JSON of other products, are candidates like envelopes: a payload that fits one best is reported as such, never validated as an event.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.reading.strict_json import compact, opened, shown
from signalbook.registry.model import Envelope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signalbook.registry.model import Neighbour, Recognition, Test

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
ABSENT: Any = object()
"""Sentinel for a path at which there is no value."""
_MOST_FORMS = (
    4096  # maximum number of cached sets of keys: a hostile stream may have a new one in each payload
)
_MOST_KEYS, _LONGEST = 100, 4000  # … and large ones: sets with more keys, or more characters, are not cached


class Candidate(NamedTuple):
    """What a payload with certain keys may be, and the tests that remain for its values. `hits` is the number of identifying keys that it has."""

    known: Envelope | Neighbour
    hits: int
    some: tuple[Test, ...]
    values: tuple[Test, ...]

    def fits(self, payload: Mapping[str, Any]) -> bool:
        """Return whether the values of a payload with these keys match this candidate."""
        if self.some and not any(_holds(test, value_at(payload, path)) for path, test in self.some):
            return False
        for path, test in self.values:
            if not _passes(test, value_at(payload, path)):
                return False
        inside = self.known.recognise.inside
        return not inside or all(
            holds_keys(first_at(payload, path), keys, least) for path, (keys, least) in inside.items()
        )


def best(candidates: Iterable[Candidate], payload: Mapping[str, Any]) -> list[Envelope | Neighbour]:
    """Return the candidates that a payload fits best: one, none, or several that cannot be told apart."""
    fitting = [one for one in candidates if one.fits(payload)]
    if len(fitting) < 2:  # noqa: PLR2004 - nothing to choose from
        return [one.known for one in fitting]
    scores = [_score(one.known.recognise, payload, one.hits) for one in fitting]
    most = max(scores)
    return [one.known for one, score in zip(fitting, scores, strict=True) if score == most]


class Recogniser:
    """Lookup from a payload to the envelopes and neighbours that it fits."""

    def __init__(self, known: Iterable[Envelope | Neighbour]) -> None:
        self._known = tuple(known)
        self._forms: dict[tuple[str, ...], list[Candidate]] = {}
        self._telling: dict[str, list[Envelope | Neighbour]] = defaultdict(list)
        for one in self._known:
            for key in one.recognise.keys:
                self._telling[key].append(one)
        self.decisive = frozenset(key for one in self._known for key in _decisive(one.recognise))
        """The top-level keys that recognition looks at: what a payload is does not depend on any other."""

    def recognise(self, payload: Mapping[str, Any]) -> list[Envelope | Neighbour]:
        """Return what a payload fits best, by the number of identifying keys and likely tests: one, none, or several that cannot be told apart."""
        keys = tuple(payload)
        form = self._forms.get(keys)
        if form is None:
            form = self.candidates(keys)
            if len(self._forms) < _MOST_FORMS and len(keys) <= _MOST_KEYS and sum(map(len, keys)) <= _LONGEST:
                self._forms[keys] = form
        return best(form, payload)

    def candidates(self, keys: tuple[str, ...]) -> list[Candidate]:
        """Return what a payload with these keys may be, based on the keys alone."""
        hits: dict[str, int] = {}
        candidates: dict[str, Envelope | Neighbour] = {}
        for key in keys:
            for one in self._telling.get(key, ()):
                hits[one.id] = hits.get(one.id, 0) + 1
                candidates[one.id] = one
        present = frozenset(keys)
        out = []
        for name, one in candidates.items():
            rule = one.recognise
            possible = [(path, test) for path, test in rule.some if path[0] in present]
            if hits[name] < rule.least or not rule.absent.isdisjoint(present) or (rule.some and not possible):
                continue
            is_shown = any(len(path) == 1 and not test for path, test in possible)
            values = tuple((path, test) for path, test in rule.values.items() if path[0] in present)
            out.append(Candidate(one, hits[name], () if is_shown else tuple(possible), values))
        return out

    def near(self, payload: Mapping[str, Any]) -> tuple[Envelope, list[str]] | None:
        """Return the envelope nearest to an unrecognised payload, and why it does not fit, or None if nothing is near."""
        counted = [
            (len(_present(one.recognise, payload)), one) for one in self._known if isinstance(one, Envelope)
        ]
        near = [
            (count, list(_misfits(one.recognise, payload)), one)
            for count, one in counted
            if count and count * 2 >= one.recognise.least
        ]
        best = max(near, key=lambda found: (found[0], -len(found[1])), default=None)
        return (best[2], best[1]) if best else None


def _decisive(rule: Recognition) -> Iterator[str]:
    yield from rule.keys
    yield from rule.absent
    for path, _ in (*rule.some, *rule.values.items(), *rule.likely):
        yield path[0]
    for path in rule.inside:
        yield path[0]


def _present(rule: Recognition, payload: Mapping[str, Any]) -> list[str]:
    return [key for key in rule.keys if key in payload]


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
            yield f"its {'/'.join(path)!r} is {shown(value_at(payload, path))}, not {_wanted(test)}"
    for path, (keys, least) in rule.inside.items():
        if not holds_keys(first_at(payload, path), keys, least):
            yield f"its {'/'.join(path)!r} has fewer than {least} of {', '.join(sorted(keys))}"


def _named(path: tuple[str, ...], test: Mapping[str, Any]) -> str:
    return repr("/".join(path)) + (f" as {_wanted(test)}" if test else "")


def _wanted(test: Mapping[str, Any]) -> str:
    if "type" in test:
        return f"of type {test['type']}"
    return (
        " or ".join(map(compact, test["enum"]))
        if "enum" in test
        else f"a string that starts with {test['prefix']!r}"
    )


def _passes(test: Mapping[str, Any], value: Any) -> bool:
    """Return whether a value passes a test. An absent value passes; so does a value other than a string in a test on strings."""
    if value is ABSENT:
        return True
    if "type" in test:
        fits = isinstance(value, _JSON_TYPES[test["type"]])
        return fits and (test["type"] == "boolean" or not isinstance(value, bool))
    return not isinstance(value, str) or _is_so(test, value)


def _holds(test: Mapping[str, Any], value: Any) -> bool:
    """Return whether a value exists and, if there is a test, passes it."""
    if value is ABSENT or not test:
        return value is not ABSENT
    return _passes(test, value) if "type" in test else isinstance(value, str) and _is_so(test, value)


def _is_so(test: Mapping[str, Any], text: str) -> bool:
    return text in test["enum"] if "enum" in test else text.startswith(test["prefix"])


def holds_keys(value: Any, keys: frozenset[str], least: int) -> bool:
    """Return whether an object has at least `least` of the keys. Anything else passes, because the contract covers it."""
    return not isinstance(value, dict) or len(keys & value.keys()) >= least


def value_at(value: Any, path: tuple[str, ...]) -> Any:
    """Return the value at a path, or `ABSENT`. The path may lead through strings that hold JSON text."""
    for step in path:
        value = opened(value)
        if not isinstance(value, dict) or step not in value:
            return ABSENT
        value = value[step]
    return value


def first_at(value: Any, path: tuple[str, ...]) -> Any:
    """Return the value at a path, in which * is the first item of an array."""
    for step in path:
        several = step == "*" and isinstance(value, list)
        value = next(iter(value), ABSENT) if several else value_at(value, (step,))
    return value


def text_at(value: Any, path: tuple[str, ...]) -> str | None:
    """Return the string at a path, or None if there is none."""
    found = value_at(value, path)
    return found if isinstance(found, str) else None
