"""What payloads of one kind have in common: how to open them, and the verdict on a valid one. Learned once per kind, and cached.

A *shape* is an object with certain keys at a certain place. The values that decide what such an object is are read as one lookup key; the shape maps
this key to a *step* into an envelope. The innermost envelope names an event; the step maps this name to a *kind*.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.engine.combined import combine, members
from signalbook.envelopes.opener import MAX_NESTING, captured
from signalbook.errors import UnknownContract
from signalbook.reading.strict_json import opened, revealed
from signalbook.registry import Envelope
from signalbook.registry.recognition import best
from signalbook.validation import attributes, value_readers
from signalbook.validation.contracts import deprecation
from signalbook.validation.findings import Verdict
from signalbook.validation.unknown_fields import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from signalbook.engine.schema_validator import Checker
    from signalbook.registry import Contract, Event, Registry
    from signalbook.registry.recognition import Candidate
    from signalbook.validation.contracts import Request
    from signalbook.validation.findings import Finding
    from signalbook.validation.value_readers import Path

_ENOUGH = 1000
"""Number of payloads after which checkers are combined into one validator. It cannot include checkers that are added later."""


class CheckerSet:
    """Checkers by name; often used, they become one combined validator. Threads may share a set."""

    def __init__(self) -> None:
        self._checkers: dict[str, Checker] = {}
        self._combined: Callable[[dict[str, Any]], bool] | None = None
        self._count = 0
        self._next = _ENOUGH
        # Without it, one thread could store a combined validator that lacks the checker another thread has just added.
        self._lock = Lock()

    def add(self, name: str, checker: Checker) -> None:
        """Add a checker, and the checkers of the JSON text inside the values it checks."""
        with self._lock:
            if name not in self._checkers:
                self._checkers.update(members(checker, name))
                self._combined = None

    def accept(self, gathered: dict[str, Any]) -> bool:
        """Return whether the checkers accept all values. `gathered` maps names of checkers, which you add first, to values."""
        if accepts := self._combined:
            return accepts(gathered)
        self._count += 1
        if self._count >= self._next:
            with self._lock:
                # Double the threshold, so that a stream that always brings new kinds does not compile forever.
                self._next = 2 * self._count
                self._combined = combine(self._checkers)
        return all(self._checkers[name].decides(value) for name, value in gathered.items())


_MOST = 10_000
"""Maximum number of cached entries: a hostile stream may have new keys and new names in each payload."""
_BULK = 500
"""Number of bytes in keys and names that count as one more entry: a hostile stream may have long ones."""


class Content:
    """What a chain of envelopes contains: the shapes of objects there, by their keys, and the steps that they lead to, by envelope id.

    `chain` holds ids from the outside in.
    """

    __slots__ = ("chain", "shapes", "steps")

    def __init__(self, chain: tuple[str, ...]) -> None:
        self.chain = chain
        self.shapes: dict[tuple[str, ...], Shape] = {}
        self.steps: dict[str, Step | None] = {}


class Shape:
    """Objects in the same content with the same keys, as far as these decide what an object is.

    `inner` returns the values at keys that a path leads through, with JSON text parsed; None if there are none. `read` returns the lookup key of an
    object and its inner values, and `steps` maps it to what follows; None stands for payloads that are left to `validator`.
    """

    __slots__ = ("candidates", "inner", "read", "steps")

    def __init__(self, candidates: list[Candidate], keys: tuple[str, ...]) -> None:
        self.candidates = candidates
        self.steps: dict[Hashable, Step | None] = {}
        probes = value_readers.probes(candidates, keys)
        self.read = value_readers.all_of([read for reads in probes.values() for read in reads])
        envelopes = [one.known for one in candidates if isinstance(one.known, Envelope)]
        through = {path[0] for path in probes if len(path) > 1}
        through.update(key for envelope in envelopes for key in _text_keys(envelope))
        through.update(
            way[0]
            for envelope in envelopes
            if not envelope.bare
            for way, _ in envelope.newest.checker.inside
            if len(way) == 1
        )
        texts = [key for key in keys if key in through]
        self.inner = value_readers.inner(texts) if texts else None


def _text_keys(envelope: Envelope) -> Iterator[str]:
    """Yield the keys of an envelope whose values may be JSON text that is read: on the way to a path, or as the slot."""
    named = [path for rule in envelope.key.values() for path in (rule.path, rule.otherwise)]
    paths = [*named, *(rule.path for rule in envelope.attributes)]
    yield from (path[0] for path in paths if path and len(path) > 1)
    yield from (path[0] for path in envelope.decode)


class Step:
    """Into one envelope or bare form: the checker of its value and the checker's name (a bare form has neither), and how to continue.

    `slot` reads the content, from the inner values if `is_inner`, else from the object itself; for an envelope with a list, `items` reads the list, and `slot`
    the content of each item. If the content is another payload, `below` says what it can be. If it is an event, `texts` reads what names it, and
    `kinds` caches its kinds.
    """

    __slots__ = (
        "below",
        "chain",
        "checker",
        "envelope",
        "is_inner",
        "items",
        "kinds",
        "name",
        "slot",
        "texts",
    )

    def __init__(self, envelope: Envelope, content: Content) -> None:
        self.envelope, self.chain = envelope, content.chain
        self.checker = None if envelope.bare else envelope.newest.checker
        self.name = "" if envelope.bare else str(envelope.newest)
        self.below = Content((*content.chain, envelope.id)) if envelope.holds != "event" else None
        self.items, self.slot = value_readers.listed(
            envelope.at, envelope.decode, revealed if envelope.base64 else opened
        )
        self.is_inner = envelope.at[:1] in envelope.decode
        self.texts = value_readers.all_of([*map(value_readers.key_text, envelope.key.values())])
        self.kinds: dict[Hashable, Kind | None] = {}

    def path(self, place: int) -> tuple[str | int, ...]:
        """Return the path of the content of the list item at index `place`."""
        return tuple(place if key == "*" else key for key in self.envelope.at)


class Outcome(NamedTuple):
    """The verdict on valid payloads, and the values that are validated in them; None for payloads whose problems are left to `validator`."""

    verdict: Verdict
    layers: tuple[Layer, ...] | None


class Kind(NamedTuple):
    """Payloads of one event in one chain of envelopes.

    `checker` is the checker of the body and `name` the checker's name. `attributes` test the innermost envelope and its inner values: whether an
    attribute has no findings.
    """

    outcome: Outcome
    checker: Checker
    name: str
    attributes: tuple[Callable[[Any, Any], bool], ...]


class Learner:
    """Learns shapes and steps, and caches them from `start`."""

    def __init__(self, registry: Registry, request: Request) -> None:
        self._registry = registry
        self._request = request
        self._kept = 0
        envelopes = registry.envelopes.values()
        self._decisive = registry.recogniser.decisive.union(*map(_text_keys, envelopes))
        self.start = Content(())
        self.checkers = CheckerSet()

    def _make_room(self, learned: Hashable) -> None:
        self._kept += 1 + _bulk(learned) // _BULK
        if self._kept > _MOST:
            self.start, self._kept = Content(()), 0

    def shape(self, content: Content, keys: tuple[str, ...]) -> Shape:
        """Return the shape of objects with these keys; objects that differ in other keys than the decisive ones share it."""
        self._make_room(keys)
        decisive = tuple([key for key in keys if key in self._decisive])
        shape = content.shapes.get(decisive)
        if shape is None:
            shape = content.shapes[decisive] = Shape(self._registry.recogniser.candidates(decisive), decisive)
        content.shapes[keys] = shape
        return shape

    def step(self, shape: Shape, seen: Hashable, value: dict[str, Any], content: Content) -> Step | None:
        """Return the step into an object, or None to use `validator`. `seen` is what the shape's `read` returned for it."""
        self._make_room(seen)
        found = best(shape.candidates, value)
        (known,) = found if len(found) == 1 else (None,)
        step = shape.steps[seen] = self._into(known, content) if isinstance(known, Envelope) else None
        return step

    def _into(self, envelope: Envelope, content: Content) -> Step | None:
        """Return the step into an envelope, or None to use `validator`."""
        if envelope.id not in content.steps:
            stars = envelope.at.count("*")
            is_usual = stars == 0 or (stars == 1 and envelope.holds != "event")
            step = Step(envelope, content) if is_usual and len(content.chain) < MAX_NESTING else None
            # Add the checker first: another thread may use the step as soon as it is stored.
            if step and step.checker:
                self.checkers.add(step.name, step.checker)
            content.steps[envelope.id] = step
        return content.steps[envelope.id]

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
        if event is None:
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
        named = next(
            (value for part, value in zip(envelope.key, values, strict=True) if part == "name"), None
        )
        checker = contract.checker.structural if is_masked else contract.checker
        name_of_checker = f"{contract}{' masked' if is_masked else ''}"
        layers = None if is_masked else self._layers(chain, envelope, event, contract)
        notes: tuple[Finding, ...] = ()
        if event.status == "deprecated":
            if layers is None:
                return None
            notes = (deprecation(event, layers[-1].path),)
        return Kind(
            Outcome(Verdict("valid", event.id, name, contract.version, envelopes, notes), layers),
            checker,
            name_of_checker,
            attributes.testers(event, attributes.of(event, envelope, named)),
        )

    def _layers(
        self, chain: tuple[str, ...], innermost: Envelope, event: Event, contract: Contract
    ) -> tuple[Layer, ...] | None:
        """Return the envelopes and the body of payloads, from the outside in, where lists have one item; None if Base64 is on the way."""
        envelopes = [*(self._registry.envelopes[one] for one in chain), innermost]
        if any(one.base64 for one in envelopes):
            return None
        found: list[Layer] = []
        path: tuple[str | int, ...] = ()
        for one in envelopes:
            if not one.bare:
                found.append(Layer(one, one.newest, path, self._request.around(one, [event])))
            path = (*path, *(0 if key == "*" else key for key in one.at))
        return (*found, Layer(event, contract, path, self._request))

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


def _bulk(learned: Hashable) -> int:
    """Return the approximate number of bytes in a cache key."""
    if isinstance(learned, tuple):
        return sum(map(_bulk, learned))
    return 50 + len(learned) if isinstance(learned, str) else 8
