"""Learns from the first payload of each kind what the others have in common: the envelope that their keys show, and the event that they name."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from signalbook.engine.combined import combine, members
from signalbook.envelopes.opener import MAX_NESTING, captured
from signalbook.errors import UnknownContract
from signalbook.reading.strict_json import opened, revealed
from signalbook.registry import Envelope
from signalbook.registry.recognition import best
from signalbook.validation import attributes, value_readers
from signalbook.validation.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from signalbook.engine.schema_validator import Checker
    from signalbook.registry import Attribute, Event, Registry
    from signalbook.registry.recognition import Candidate
    from signalbook.validation.contracts import Request

    Path = tuple[str | int, ...]


_ENOUGH = 256
"""Number of payloads after which compiling all checkers again soon pays off."""


class Checkers:
    """Validates values gathered from payloads, by the name of the checker of each."""

    def __init__(self) -> None:
        self._checkers: dict[str, Checker] = {}
        self._together: Callable[[dict[str, Any]], bool] | None = None
        self._count = 0
        self._next = _ENOUGH
        # Without it, one thread could store a combined validator that lacks the checker another thread has just added.
        self._lock = Lock()

    def add(self, name: str, checker: Checker) -> None:
        """Add a checker, and the checkers of the JSON text inside the values it checks."""
        with self._lock:
            if name not in self._checkers:
                self._checkers.update(members(checker, name))
                self._together = None

    def accept(self, gathered: dict[str, Any]) -> bool:
        """Return whether the checkers accept all values. `gathered` maps names of checkers, which you add first, to values."""
        if together := self._together:
            return together(gathered)
        self._count += 1
        if self._count >= self._next:
            with self._lock:
                # Double the threshold, so that a stream that always brings new kinds does not compile forever.
                self._next = 2 * self._count
                self._together = combine(self._checkers)
        return all(self._checkers[name].decides(value) for name, value in gathered.items())


_MOST = 10_000
"""Maximum number of cached entries: a hostile stream may have new keys and new names in each payload."""
_BULK = 500
"""Number of bytes in keys and names that count as one more entry: a hostile stream may have long ones."""


class Kind:
    """Payloads of one event in one chain of envelopes: the verdict on a valid one, and the checker of its body, with the checker's name.

    `attributes` are the attributes of the envelope to validate for `event`.
    """

    __slots__ = ("attributes", "checker", "event", "name", "verdict")

    def __init__(
        self, verdict: Verdict, checker: Checker, name: str, event: Event, attributes: list[Attribute]
    ) -> None:
        self.verdict, self.checker, self.name, self.event, self.attributes = (
            verdict,
            checker,
            name,
            event,
            attributes,
        )


class Step:
    """One envelope or bare form on a way: the checker of its value and the checker's name (a bare form has neither), and how to continue.

    `slot` reads the content; for an envelope with a list, `items` reads the list, and `slot` the content of each item.
    If the content is another payload, `below` is the way inside. If it is an event, `texts` reads what names it, and `kinds` caches its kinds.
    """

    __slots__ = ("below", "chain", "checker", "envelope", "items", "kinds", "name", "slot", "texts")

    def __init__(self, envelope: Envelope, chain: tuple[str, ...]) -> None:
        self.envelope, self.chain = envelope, chain
        self.checker = None if envelope.bare else envelope.newest.checker
        self.name = "" if envelope.bare else str(envelope.newest)
        self.below = Way((*chain, envelope.id)) if envelope.holds != "event" else None
        self.items, self.slot = value_readers.held(
            envelope.at, envelope.decode, revealed if envelope.base64 else opened
        )
        self.texts = value_readers.texts([*envelope.key.values()])
        self.kinds: dict[Hashable, Kind | None] = {}

    def path(self, place: int) -> Path:
        """Return the path of the content of the list item at index `place`."""
        return tuple(place if key == "*" else key for key in self.envelope.at)


class Form:
    """Objects with the same keys on a way: the candidates, the values that decide among them, and the step for each result (None: use `validator`).

    `look` reads all values that decide; it is None if the keys alone decide.
    """

    __slots__ = ("candidates", "look", "steps")

    def __init__(self, candidates: list[Candidate], keys: tuple[str, ...]) -> None:
        self.candidates = candidates
        self.look = value_readers.look(candidates, keys)
        self.steps: dict[Hashable, Step | None] = {}


class Way:
    """The content of a chain of envelopes: forms by their keys, and the steps that they lead to, by envelope id."""

    __slots__ = ("chain", "forms", "steps")

    def __init__(self, chain: tuple[str, ...]) -> None:
        self.chain = chain
        self.forms: dict[tuple[str, ...], Form] = {}
        self.steps: dict[str, Step | None] = {}


class Learner:
    """Learns forms, steps and kinds, and caches them in ways that begin at `start`."""

    def __init__(self, registry: Registry, request: Request) -> None:
        self._registry = registry
        self._request = request
        self._kept = 0
        self.start = Way(())
        self.checkers = Checkers()

    def _make_room(self, told_by: Hashable) -> None:
        self._kept += 1 + _bulk(told_by) // _BULK
        if self._kept > _MOST:
            self.start, self._kept = Way(()), 0

    def form(self, way: Way, keys: tuple[str, ...]) -> Form:
        """Return the form of objects with these keys on a way."""
        self._make_room(keys)
        found = self._registry.recogniser.candidates(keys)
        form = way.forms[keys] = Form(found, keys)
        return form

    def step(self, form: Form, seen: Hashable, value: dict[str, Any], way: Way) -> Step | None:
        """Return the step into an object of a form, or None to use `validator`. `seen` is what the form's `look` read from `value`."""
        self._make_room(seen)
        found = best(form.candidates, value)
        step = form.steps[seen] = (
            self._into(found[0], way) if len(found) == 1 and isinstance(found[0], Envelope) else None
        )
        return step

    def _into(self, envelope: Envelope, way: Way) -> Step | None:
        """Return the step into an envelope on a way, or None to use `validator`."""
        if envelope.id not in way.steps:
            stars = envelope.at.count("*")
            is_usual = stars == 0 or (stars == 1 and envelope.holds != "event")
            step = Step(envelope, way.chain) if is_usual and len(way.chain) < MAX_NESTING else None
            # Add the checker first: another thread may use the step as soon as it is stored.
            if step and step.checker:
                self.checkers.add(step.name, step.checker)
            way.steps[envelope.id] = step
        return way.steps[envelope.id]

    def kind(self, step: Step, texts: Hashable) -> Kind | None:
        """Return the kind of event that texts name in an envelope, or None to use `validator`."""
        self._make_room(texts)
        kind = self._kind(step.envelope, texts if isinstance(texts, tuple) else (texts,), step.chain)
        if kind:
            self.checkers.add(kind.name, kind.checker)
        step.kinds[texts] = kind
        return kind

    def _kind(self, envelope: Envelope, texts: tuple[str | None, ...], chain: tuple[str, ...]) -> Kind | None:
        index = self._registry.index
        clues = [captured(rule, text) for rule, text in zip(envelope.key.values(), texts, strict=True)]
        values = tuple(value for _, value in clues)
        event = index.event(envelope, values)
        if event is None or event.status == "deprecated":
            return None
        name = next(
            (text for part, (text, _) in zip(envelope.key, clues, strict=True) if part == "name" and text),
            event.name,
        )
        if index.meant(envelope, event, values):
            return None
        envelopes = chain if envelope.bare else (*chain, envelope.id)
        try:
            contract = self._request.contract_of(event)
        except UnknownContract:
            return None
        if any(self._is_other(one, event) for one in envelopes):
            return None
        is_masked = any(self._registry.envelopes[one].masked for one in (*chain, envelope.id))
        checker = contract.checker.structural if is_masked else contract.checker
        verdict = Verdict("valid", event.id, name, contract.version, envelopes)
        named = next(
            (value for part, value in zip(envelope.key, values, strict=True) if part == "name"), None
        )
        asked = attributes.of(event, envelope, named)
        return Kind(verdict, checker, f"{contract}{' masked' if is_masked else ''}", event, asked)

    def _is_other(self, envelope_id: str, event: Event) -> bool:
        """Return whether the request selects another contract of the envelope around an event than the newest, which steps use."""
        envelope = self._registry.envelopes[envelope_id]
        return self._request.around(envelope, [event]).contract_of(envelope) is not envelope.newest

    def path_before(self, chain: Iterable[str]) -> Path:
        """Return the path through a chain of envelopes, starting inside the last list, because list items are decided separately."""
        path: Path = ()
        for one in chain:
            at = self._registry.envelopes[one].at
            path = () if "*" in at else (*path, *at)
        return path

    def path_inside(self, envelopes: Iterable[str]) -> Path:
        """Return the path to the body through envelopes, from the outside in; none of them has a list."""
        return tuple(key for one in envelopes for key in self._registry.envelopes[one].at)


def _bulk(told_by: Hashable) -> int:
    """Return the approximate number of bytes in a cache key."""
    if isinstance(told_by, tuple):
        return sum(map(_bulk, told_by))
    return 50 + len(told_by) if isinstance(told_by, str) else 8
