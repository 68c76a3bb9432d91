"""Which event does an envelope name? One look-up, envelope by envelope, from the values of its key parts; made once from the whole registry."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from signalbook import naming

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.registry.model import Envelope, Event
    from signalbook.registry.values import KnownName, Service

ANY = "*"
NO_MATCH = "\0"
"""Stands in a look-up for a text that lacks the form it must have: no event has it."""
Key = tuple[str, ...]


class Collision(NamedTuple):
    """Two events that one envelope cannot tell apart, and the key they share."""

    envelope: str
    key: tuple[tuple[str, str], ...]
    events: tuple[str, str]


class Index:
    """The look-up. A key that several events share names none of them."""

    def __init__(self, envelopes: Mapping[str, Envelope], events: Mapping[str, Event], services: Mapping[str, Service]) -> None:
        self._envelopes = envelopes
        self._events: dict[str, dict[Key, list[Event]]] = {envelope: {} for envelope in envelopes}
        self._known: dict[str, dict[Key, KnownName]] = {envelope: {} for envelope in envelopes}
        travels: dict[tuple[str, str], None] = {}  # which envelopes the events of a service travel in, in order
        for event in events.values():
            for envelope_id in event.envelopes:
                self._events[envelope_id].setdefault(_key(envelopes[envelope_id], event.match), []).append(event)
                travels[event.id.rpartition("/")[0], envelope_id] = None
        for service_id, envelope_id in travels:
            for name, known in services[service_id].known_names.items():
                self._known[envelope_id][_key(envelopes[envelope_id], {**services[service_id].match, "name": name})] = known

    @property
    def collisions(self) -> list[Collision]:
        """What could not be told apart: for each key, its first event and each of the others."""
        return [
            Collision(envelope.id, tuple(zip(envelope.key, key, strict=True)), (first.id, other.id))
            for envelope in self._envelopes.values()
            for key, (first, *others) in self._events[envelope.id].items()
            for other in others
        ]

    def event(self, envelope: Envelope, values: tuple[str | None, ...]) -> Event | None:
        """Return the event that the values of an envelope's key parts name; None stands for a part that could not be read.

        The most specific entry wins. A part that could not be read is left out of account as long as the others leave one event only.
        """
        entries = self._events[envelope.id]
        for key in _keys(values):
            if len(entries.get(key, ())) == 1:
                return entries[key][0]
        if None in values and any(value is not None for value in values):
            for anything in ((), (ANY,)):
                fitting = [named[0] for key, named in entries.items() if len(named) == 1 and _agree(key, values, anything)]
                if fitting:
                    return fitting[0] if len(fitting) == 1 else None
        return None

    def known_name(self, envelope: Envelope, values: tuple[str | None, ...]) -> KnownName | None:
        """Return the name without documented content that the values of an envelope's key parts spell, or None."""
        return next((self._known[envelope.id][key] for key in _keys(values) if key in self._known[envelope.id]), None)

    def knows(self, envelope: Envelope, part: str, value: str) -> bool:
        """Whether any event, or any known name, of an envelope has a value as one part of its key."""
        place = list(envelope.key).index(part)
        return any(key[place] in (value, ANY) for key in (*self._events[envelope.id], *self._known[envelope.id]))

    def known_values(self, envelope: Envelope, part: str) -> list[str]:
        """Return the values that the events of an envelope have as one part of its key, for suggestions."""
        place = list(envelope.key).index(part)
        return sorted({key[place] for key in self._events[envelope.id]} - {ANY})

    def claimants(self, envelope: Envelope, values: tuple[str | None, ...]) -> tuple[str, ...]:
        """Return the ids of the events that the same key names in an envelope, where it does not name one only."""
        entries = self._events[envelope.id]
        return next((tuple(event.id for event in entries[key]) for key in _keys(values) if len(entries.get(key, ())) > 1), ())

    def siblings(self, envelope: Envelope, values: tuple[str | None, ...], part: str) -> list[str]:
        """Return the values of one part of a key that events which share all others have: what may have been meant where a general event took it."""
        if part not in envelope.key:
            return []
        place = list(envelope.key).index(part)
        others = (*values[:place], *values[place + 1 :])
        return [key[place] for key in self._events[envelope.id] if (*key[:place], *key[place + 1 :]) == others and key[place] != ANY]

    def meant(self, envelope: Envelope, event: Event, values: tuple[str | None, ...]) -> tuple[str, tuple[str, ...]] | None:
        """Return a part of the key of which a general event takes any value, and the values of events of their own that look like this one's."""
        general = [part for part in envelope.key if event.match.get(part) == ANY]
        for part, value in sorted(zip(envelope.key, values, strict=True), key=lambda one: one[0] != "name"):
            if part in general and value and (near := naming.nearest(value, self.siblings(envelope, values, part))):
                return part, near
        return None

    def names(self, envelope: Envelope) -> list[str]:
        """Return the names that an envelope's events go by, for suggestions."""
        place = list(envelope.key).index("name") if "name" in envelope.key else -1
        known = [key for key, named in self._events[envelope.id].items() if len(named) == 1] + list(self._known[envelope.id])
        return sorted({key[place] for key in known if key and key[place] != ANY})


def _key(envelope: Envelope, match: Mapping[str, str]) -> Key:
    return tuple(match.get(part, ANY) for part in envelope.key)


def _keys(values: tuple[str | None, ...]) -> Iterator[Key]:
    """Yield the keys that the values of an envelope's key parts may stand under, the most specific first."""
    return product(*((value, ANY) if value is not None else (ANY,) for value in values))


def _agree(key: Key, values: tuple[str | None, ...], anything: tuple[str, ...]) -> bool:
    return all(value is None or part in (value, *anything) for part, value in zip(key, values, strict=True))
