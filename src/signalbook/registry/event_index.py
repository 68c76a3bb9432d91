"""Looks up the event that an envelope names, from the values of its key parts, in an index built once from the whole registry."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from signalbook.engine import suggestions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.registry.model import Envelope, Event, KnownName, Service

ANY = "*"
NO_MATCH = "\0"
"""Lookup value for a text that lacks the required form. No event has it."""
Key = tuple[str, ...]


class Collision(NamedTuple):
    """Two events that an envelope cannot tell apart, and the key that they share."""

    envelope: str
    key: tuple[tuple[str, str], ...]
    events: tuple[str, str]


class Index:
    """Lookup from an envelope and its key to an event. A key that several events share names none of them."""

    def __init__(
        self, envelopes: Mapping[str, Envelope], events: Mapping[str, Event], services: Mapping[str, Service]
    ) -> None:
        self._envelopes = envelopes
        self._events: dict[str, dict[Key, list[Event]]] = {envelope: {} for envelope in envelopes}
        self._known: dict[str, dict[Key, KnownName]] = {envelope: {} for envelope in envelopes}
        travels: dict[
            tuple[str, str], None
        ] = {}  # (service, envelope) for each envelope that the events of a service arrive in, in order
        for event in events.values():
            for envelope_id in event.envelopes:
                self._events[envelope_id].setdefault(_key(envelopes[envelope_id], event.match), []).append(
                    event
                )
                travels[event.id.rpartition("/")[0], envelope_id] = None
        for service_id, envelope_id in travels:
            for name, known in services[service_id].known_names.items():
                self._known[envelope_id][
                    _key(envelopes[envelope_id], {**services[service_id].match, "name": name})
                ] = known

    @property
    def collisions(self) -> list[Collision]:
        """The events that cannot be told apart: for each shared key, its first event with each of the others."""
        return [
            Collision(envelope.id, tuple(zip(envelope.key, key, strict=True)), (first.id, other.id))
            for envelope in self._envelopes.values()
            for key, (first, *others) in self._events[envelope.id].items()
            for other in others
        ]

    def event(self, envelope: Envelope, values: tuple[str | None, ...]) -> Event | None:
        """Return the event that the values of an envelope's key parts name. A value is None if the part could not be read.

        The most specific entry wins. A part that could not be read is ignored if the others match only one event.
        """
        entries = self._events[envelope.id]
        for key in _keys(values):
            if len(entries.get(key, ())) == 1:
                return entries[key][0]
        if None in values and any(value is not None for value in values):
            for anything in ((), (ANY,)):
                fitting = [
                    named[0]
                    for key, named in entries.items()
                    if len(named) == 1 and _agree(key, values, anything)
                ]
                if fitting:
                    return fitting[0] if len(fitting) == 1 else None
        return None

    def known_name(self, envelope: Envelope, values: tuple[str | None, ...]) -> KnownName | None:
        """Return the known name without documented content that the values of an envelope's key parts match, or None."""
        return next(
            (self._known[envelope.id][key] for key in _keys(values) if key in self._known[envelope.id]), None
        )

    def knows(self, envelope: Envelope, part: str, value: str) -> bool:
        """Return whether any event or known name of an envelope has this value in a key part."""
        place = list(envelope.key).index(part)
        return any(
            key[place] in (value, ANY) for key in (*self._events[envelope.id], *self._known[envelope.id])
        )

    def known_values(self, envelope: Envelope, part: str) -> list[str]:
        """Return the values that the events of an envelope have in a key part, for suggestions."""
        place = list(envelope.key).index(part)
        return sorted({key[place] for key in self._events[envelope.id]} - {ANY})

    def claimants(self, envelope: Envelope, values: tuple[str | None, ...]) -> tuple[str, ...]:
        """Return the ids of the events that share a key in an envelope, if there are several."""
        entries = self._events[envelope.id]
        return next(
            (
                tuple(event.id for event in entries[key])
                for key in _keys(values)
                if len(entries.get(key, ())) > 1
            ),
            (),
        )

    def siblings(self, envelope: Envelope, values: tuple[str | None, ...], part: str) -> list[str]:
        """Return the values of one key part among events that share all other parts: what the sender may have meant if a general event matches."""
        if part not in envelope.key:
            return []
        place = list(envelope.key).index(part)
        others = (*values[:place], *values[place + 1 :])
        return [
            key[place]
            for key in self._events[envelope.id]
            if (*key[:place], *key[place + 1 :]) == others and key[place] != ANY
        ]

    def meant(
        self, envelope: Envelope, event: Event, values: tuple[str | None, ...]
    ) -> tuple[str, tuple[str, ...]] | None:
        """Return a key part in which a general event accepts any value, and similar values of events with their own contract, or None."""
        general = [part for part in envelope.key if event.match.get(part) == ANY]
        for part, value in sorted(zip(envelope.key, values, strict=True), key=lambda one: one[0] != "name"):
            if (
                part in general
                and value
                and (near := suggestions.nearest(value, self.siblings(envelope, values, part)))
            ):
                return part, near
        return None

    def names(self, envelope: Envelope) -> list[str]:
        """Return the names of an envelope's events, for suggestions."""
        place = list(envelope.key).index("name") if "name" in envelope.key else -1
        known = [key for key, named in self._events[envelope.id].items() if len(named) == 1] + list(
            self._known[envelope.id]
        )
        return sorted({key[place] for key in known if key and key[place] != ANY})


def _key(envelope: Envelope, match: Mapping[str, str]) -> Key:
    return tuple(match.get(part, ANY) for part in envelope.key)


def _keys(values: tuple[str | None, ...]) -> Iterator[Key]:
    """Yield the keys to look up for the values of an envelope's key parts, the most specific first."""
    return product(*((value, ANY) if value is not None else (ANY,) for value in values))


def _agree(key: Key, values: tuple[str | None, ...], anything: tuple[str, ...]) -> bool:
    return all(value is None or part in (value, *anything) for part, value in zip(key, values, strict=True))
