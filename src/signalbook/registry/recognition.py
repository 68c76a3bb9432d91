"""Which envelope is this? One look-up from a payload's top-level keys, then tests on keys and single values; no schema is tried.

Neighbours, the JSON of other products, take part like envelopes: what fits one best is said to be that, and is never checked as an event of ours.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.jsontext import compact, opened, shown
from signalbook.registry.model import Envelope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signalbook.registry.values import Neighbour, Recognition, Test

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
ABSENT: Any = object()
"""Stands for the value of a place where nothing is."""
_MOST_FORMS = 4096  # sets of keys that are kept: a hostile stream may have a new one in each payload
_MOST_KEYS, _LONGEST = 100, 4000  # … and many or long ones: no set of more keys, or of more characters, is kept


class Candidate(NamedTuple):
    """What a payload with certain keys may be, and what its values have yet to show; `hits` is how many telling keys it has."""

    known: Envelope | Neighbour
    hits: int
    some: tuple[Test, ...]
    values: tuple[Test, ...]

    def fits(self, payload: Mapping[str, Any]) -> bool:
        """Whether the values of a payload with these keys show that it is this."""
        if self.some and not any(_holds(test, value_at(payload, path)) for path, test in self.some):
            return False
        for path, test in self.values:
            if not _passes(test, value_at(payload, path)):
                return False
        inside = self.known.recognise.inside
        return not inside or all(_holds_keys(first_at(payload, path), keys, least) for path, (keys, least) in inside.items())


def best(candidates: Iterable[Candidate], payload: Mapping[str, Any]) -> list[Envelope | Neighbour]:
    """Return those of the candidates for its keys that a payload fits best: one, or none, or several that nothing tells apart."""
    fitting = [one for one in candidates if one.fits(payload)]
    if len(fitting) < 2:  # noqa: PLR2004 - nothing to choose from
        return [one.known for one in fitting]
    scores = [_score(one.known.recognise, payload, one.hits) for one in fitting]
    most = max(scores)
    return [one.known for one, score in zip(fitting, scores, strict=True) if score == most]


class Recogniser:
    """The look-up from a payload to the envelopes and neighbours that it fits."""

    def __init__(self, known: Iterable[Envelope | Neighbour]) -> None:
        self._known = tuple(known)
        self._forms: dict[tuple[str, ...], list[Candidate]] = {}
        self._telling: dict[str, list[Envelope | Neighbour]] = defaultdict(list)
        for one in self._known:
            for key in one.recognise.keys:
                self._telling[key].append(one)

    def recognise(self, payload: Mapping[str, Any]) -> list[Envelope | Neighbour]:
        """Return what a payload fits best, by the number of telling keys and likely tests: one, or none, or several that nothing tells apart."""
        keys = tuple(payload)
        form = self._forms.get(keys)
        if form is None:
            form = self.candidates(keys)
            if len(self._forms) < _MOST_FORMS and len(keys) <= _MOST_KEYS and sum(map(len, keys)) <= _LONGEST:
                self._forms[keys] = form
        return best(form, payload)

    def candidates(self, keys: tuple[str, ...]) -> list[Candidate]:
        """Return what a payload with these keys may be, as far as keys alone can say."""
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
        """Return the envelope that comes nearest to an unrecognised payload, and what keeps it from fitting; None where nothing is near."""
        counted = [(len(_present(one.recognise, payload)), one) for one in self._known if isinstance(one, Envelope)]
        near = [(count, list(_misfits(one.recognise, payload)), one) for count, one in counted if count and count * 2 >= one.recognise.least]
        best = max(near, key=lambda found: (found[0], -len(found[1])), default=None)
        return (best[2], best[1]) if best else None


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
            yield f"its {'/'.join(path)!r} is {shown(value_at(payload, path))}, and not {_wanted(test)}"
    for path, (keys, least) in rule.inside.items():
        if not _holds_keys(first_at(payload, path), keys, least):
            yield f"its {'/'.join(path)!r} has fewer than {least} of {', '.join(sorted(keys))}"


def _named(path: tuple[str, ...], test: Mapping[str, Any]) -> str:
    return repr("/".join(path)) + (f" as {_wanted(test)}" if test else "")


def _wanted(test: Mapping[str, Any]) -> str:
    if "type" in test:
        return f"of type {test['type']}"
    return " or ".join(map(compact, test["enum"])) if "enum" in test else f"a text that begins with {test['prefix']!r}"


def _passes(test: Mapping[str, Any], value: Any) -> bool:
    """Whether a value passes a test; one that is absent does, and so does one that is not even of the test's type."""
    if value is ABSENT:
        return True
    if "type" in test:
        fits = isinstance(value, _JSON_TYPES[test["type"]])
        return fits and (test["type"] == "boolean" or not isinstance(value, bool))
    return not isinstance(value, str) or _is_so(test, value)


def _holds(test: Mapping[str, Any], value: Any) -> bool:
    """Whether something is there, and passes the test where there is one."""
    if value is ABSENT or not test:
        return value is not ABSENT
    return _passes(test, value) if "type" in test else isinstance(value, str) and _is_so(test, value)


def _is_so(test: Mapping[str, Any], text: str) -> bool:
    return text in test["enum"] if "enum" in test else text.startswith(test["prefix"])


def _holds_keys(value: Any, keys: frozenset[str], least: int) -> bool:
    """Whether an object has enough of some keys; what is absent or no object is left to the contract."""
    return not isinstance(value, dict) or sum(key in value for key in keys) >= least


def value_at(value: Any, path: tuple[str, ...]) -> Any:
    """Return what a path leads to, or a private mark where it leads nowhere. It may lead through strings that hold JSON text."""
    for step in path:
        value = opened(value)
        if not isinstance(value, dict) or step not in value:
            return ABSENT
        value = value[step]
    return value


def first_at(value: Any, path: tuple[str, ...]) -> Any:
    """Return what a path leads to, with * for the first item of an array."""
    for step in path:
        several = step == "*" and isinstance(value, list)
        value = next(iter(value), ABSENT) if several else value_at(value, (step,))
    return value


def text_at(value: Any, path: tuple[str, ...]) -> str | None:
    """Return the string a path leads to, or None where there is none."""
    found = value_at(value, path)
    return found if isinstance(found, str) else None
