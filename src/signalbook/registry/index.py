"""Which envelope is this, and which event does it name? Two look-ups, made once from the whole registry; no schema is tried.

The first goes from a payload's top-level keys to the envelopes for which they are telling.
The second goes, envelope by envelope, from the values of its key parts to the event.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from signalbook.jsontext import compact, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signalbook.registry.model import Envelope, Event, Recognition

ANY = "*"
_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Collision:
    """Two events that one envelope cannot tell apart, and the key they share."""

    envelope: str
    key: tuple[tuple[str, str], ...]
    events: tuple[str, str]


class Index:
    """The two look-ups. A key that several events share names none of them."""

    def __init__(self, envelopes: Mapping[str, Envelope], events: Mapping[str, Event]) -> None:
        self._telling: dict[str, list[Envelope]] = defaultdict(list)
        for envelope in envelopes.values():
            for key in envelope.recognise.keys:
                self._telling[key].append(envelope)
        self._envelopes = envelopes
        self._events: dict[str, dict[tuple[str, ...], list[Event]]] = {envelope: {} for envelope in envelopes}
        for event in events.values():
            for envelope_id in event.envelopes:
                key_of = tuple(event.match.get(part, ANY) for part in envelopes[envelope_id].key)
                self._events[envelope_id].setdefault(key_of, []).append(event)

    @property
    def collisions(self) -> list[Collision]:
        """What could not be told apart: for each key, its first event and each of the others."""
        return [
            Collision(envelope.id, tuple(zip(envelope.key, key, strict=True)), (first.id, other.id))
            for envelope in self._envelopes.values()
            for key, (first, *others) in self._events[envelope.id].items()
            for other in others
        ]

    def recognise(self, payload: Mapping[str, Any]) -> list[Envelope]:
        """Return the envelopes a payload fits best: one, or none, or several that nothing tells apart."""
        hits: dict[str, int] = {}
        candidates: dict[str, Envelope] = {}
        for key in payload:
            for envelope in self._telling.get(key, ()):
                hits[envelope.id] = hits.get(envelope.id, 0) + 1
                candidates[envelope.id] = envelope
        fitting = [(hits[name], envelope) for name, envelope in candidates.items() if _fits(envelope.recognise, payload, hits[name])]
        best = max((count for count, _ in fitting), default=0)
        return [envelope for count, envelope in fitting if count == best]

    def near(self, payload: Mapping[str, Any]) -> tuple[Envelope, list[str]] | None:
        """Return the envelope that comes nearest to an unrecognised payload, and what keeps it from fitting; None where nothing is near."""
        found = [(len(_present(envelope.recognise, payload)), envelope) for envelope in self._all()]
        count, envelope = max(found, key=lambda pair: pair[0], default=(0, None))
        if envelope is None or count * 2 < envelope.recognise.least:
            return None
        return envelope, _misfits(envelope.recognise, payload)

    def _all(self) -> Iterable[Envelope]:
        return {envelope.id: envelope for known in self._telling.values() for envelope in known}.values()

    def event(self, envelope: Envelope, values: tuple[str | None, ...]) -> Event | None:
        """Return the event that the values of an envelope's key parts name; None stands for a part that could not be read.

        The most specific entry wins. A part that could not be read is left out of account as long as the others leave one event only.
        """
        entries = self._events[envelope.id]
        for key in _keys(values):
            if len(entries.get(key, ())) == 1:
                return entries[key][0]
        if None in values and any(value is not None for value in values):
            fitting = [named[0] for key, named in entries.items() if len(named) == 1 and _agree(key, values)]
            return fitting[0] if len(fitting) == 1 else None
        return None

    def claimants(self, envelope: Envelope, values: tuple[str | None, ...]) -> tuple[str, ...]:
        """Return the ids of the events that the same key names in an envelope, where it does not name one only."""
        entries = self._events[envelope.id]
        return next((tuple(event.id for event in entries[key]) for key in _keys(values) if len(entries.get(key, ())) > 1), ())

    def names(self, envelope: Envelope) -> list[str]:
        """Return the names that an envelope's events go by, for suggestions."""
        place = list(envelope.key).index("name") if "name" in envelope.key else -1
        return sorted({key[place] for key, named in self._events[envelope.id].items() if key and key[place] != ANY and len(named) == 1})


def _keys(values: tuple[str | None, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the keys that the values of an envelope's key parts may stand under, the most specific first."""
    return product(*((value, ANY) if value is not None else (ANY,) for value in values))


def _agree(key: tuple[str, ...], values: tuple[str | None, ...]) -> bool:
    return all(value is None or value == part for part, value in zip(key, values, strict=True))


def _present(rule: Recognition, payload: Mapping[str, Any]) -> list[str]:
    return [key for key in rule.keys if key in payload]


def _fits(rule: Recognition, payload: Mapping[str, Any], hits: int) -> bool:
    if hits < rule.least or not rule.absent.isdisjoint(payload):
        return False
    return all(_passes(test, value_at(payload, path)) for path, test in rule.values.items())


def _misfits(rule: Recognition, payload: Mapping[str, Any]) -> list[str]:
    present = _present(rule, payload)
    out = []
    if len(present) < rule.least:
        missing = [key for key in rule.keys if key not in payload]
        out.append(f"it lacks {', '.join(map(repr, missing))}")
    out += [f"it has {key!r}" for key in sorted(rule.absent) if key in payload]
    failed = [(path, test) for path, test in rule.values.items() if not _passes(test, value_at(payload, path))]
    out += [f"its {'/'.join(path)!r} is {shown(value_at(payload, path))}, and not {_wanted(test)}" for path, test in failed]
    return out


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
    if not isinstance(value, str):
        return True
    return value in test["enum"] if "enum" in test else value.startswith(test["prefix"])


def value_at(value: Any, path: tuple[str, ...]) -> Any:
    """Return what a path leads to, or a private mark where it leads nowhere."""
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return _ABSENT
        value = value[step]
    return value


def text_at(value: Any, path: tuple[str, ...]) -> str | None:
    """Return the string a path leads to, or None where there is none."""
    found = value_at(value, path)
    return found if isinstance(found, str) else None
