"""Opens a payload down to its events, and says why: which envelope by which fields, which event by which value.

Opening goes on until a body is reached: an envelope's slot holds either an event's body or another payload.
Nothing here judges: a payload that breaks the contract of its envelope is opened as far as it can be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from signalbook import jsontext, naming
from signalbook.jsontext import shown
from signalbook.registry.index import text_at, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Envelope, Event, Registry

MAX_NESTING = 8
"""How many envelopes may stand inside each other. The deepest documented nesting has three."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One opened envelope: what it is, where in the payload it stands, its value, and the keys it was recognised by."""

    envelope: Envelope
    path: Path
    value: dict[str, Any]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clue:
    """One value that named the event: the part of the key, its place in the payload, the text (None where there was none)."""

    part: str
    pointer: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why opening stopped before an event was known. `rule` and `message` are a finding's, `hint` says what is nearest."""

    rule: str
    path: Path
    message: str
    found: str | None = None
    hint: str | None = None
    nearest: tuple[str, ...] = ()
    about: Path | None = None
    """The place of the value that is wanted, where `path` is that of the object which lacks it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One thing that a payload carries, opened: its layers from the outside in, its event and body as far as they are known.

    `path` is the place of the body; `has_body` is False where the slot is missing or holds something that cannot be a body.
    """

    layers: tuple[Layer, ...]
    path: Path
    body: Any
    has_body: bool
    event: Event | None = None
    name: str | None = None
    clues: tuple[Clue, ...] = ()
    obstacle: Obstacle | None = None

    @property
    def wrappers(self) -> tuple[Layer, ...]:
        """The layers that really stand around the body: bare forms do not."""
        return tuple(layer for layer in self.layers if not layer.envelope.bare)


def open_payload(payload: Any, registry: Registry) -> tuple[Opened, ...]:
    """Return what a payload carries: one entry, or one for each item of an envelope with a list. Never empty: what cannot be opened says why."""
    return tuple(_open(payload, (), (), registry))


def _open(value: Any, path: Path, layers: tuple[Layer, ...], registry: Registry) -> Iterator[Opened]:
    obstacle, envelope = _recognise(value, path, layers, registry)
    if envelope is None:
        yield Opened(layers, path, value, has_body=False, obstacle=obstacle)
        return
    keys = tuple(key for key in envelope.recognise.keys if key in value)
    layers = (*layers, Layer(envelope, path, value, keys))
    view = value
    for place in envelope.decode:
        view = _decoded(view, place)
    slots = list(_slots(view, envelope.at, path))
    if not slots:
        empty = Obstacle("empty-envelope", path, f"{envelope.id} carries nothing: its list is empty")
        yield Opened(layers, path, None, has_body=False, obstacle=empty)
    for slot_path, inner, there in slots:
        stuck = _stuck(envelope, slot_path, inner) if there else _nothing_there(envelope, slot_path)
        unnamed = Opened(layers, slot_path, inner, has_body=isinstance(inner, dict), obstacle=stuck)
        if envelope.holds == "event":
            yield _named(unnamed, view, registry)
        elif stuck:
            yield unnamed
        else:
            yield from _open(inner, slot_path, layers, registry)


def _recognise(value: Any, path: Path, layers: tuple[Layer, ...], registry: Registry) -> tuple[Obstacle | None, Envelope | None]:
    inside = f"what {layers[-1].envelope.id} carries" if layers else "it"
    if not isinstance(value, dict):
        return Obstacle("unknown-payload", path, f"{inside} is no JSON object, and a payload is one", shown(value)), None
    if len(layers) >= MAX_NESTING:
        return Obstacle("too-nested", path, f"more than {MAX_NESTING} envelopes stand inside each other"), None
    found = registry.index.recognise(value)
    if len(found) == 1:
        return None, found[0]
    if found:
        names = ", ".join(envelope.id for envelope in found)
        return Obstacle("ambiguous", path, f"it fits several envelopes alike: {names}", nearest=tuple(envelope.id for envelope in found)), None
    near = registry.index.near(value)
    hint = f"nearest is {near[0].id}, but {' and '.join(near[1])}" if near else None
    message = f"{inside} is JSON, but neither an envelope nor an event that the catalogue knows"
    found_keys = f"an object with {', '.join(map(repr, list(value)[:12]))}" if value else "an empty object"
    return Obstacle("unknown-payload", path, message, found_keys, hint, (near[0].id,) if near else ()), None


def _nothing_there(envelope: Envelope, path: Path) -> Obstacle:
    *holder, last = path
    return Obstacle("required", tuple(holder), f"{last!r} is missing, which holds what {envelope.id} carries", about=path)


def _stuck(envelope: Envelope, path: Path, value: Any) -> Obstacle | None:
    """Return why what is in a slot cannot be opened, or None."""
    if not isinstance(value, str) or not envelope.decode:
        wrong = envelope.holds == "event" and not isinstance(value, dict)
        return Obstacle("type", path, "is no object, so it cannot be the body of an event", shown(value)) if wrong else None
    try:
        inner = jsontext.loads(value.encode("utf-8", "replace"))
        why = "it is JSON text inside JSON text: encode it once" if isinstance(inner, str) and inner.lstrip()[:1] in ("{", "[") else None
    except jsontext.NotJSON as error:
        why = f"if it is meant to be JSON: {error}" if value.lstrip()[:1] in ("{", "[") else None
    if envelope.text:
        return Obstacle("plain-text", path, f"{envelope.id} carries plain text, which names no event", shown(value), why)
    return Obstacle("json-text", path, f"{envelope.id} must carry JSON text here", shown(value), why)


def _named(unnamed: Opened, view: Any, registry: Registry) -> Opened:
    """Return the opened thing with its event, as far as the innermost envelope, `view` with its strings decoded, names one."""
    layer = unnamed.layers[-1]
    clues = tuple(_clue(layer, part, view) for part in layer.envelope.key)
    event = registry.index.event(layer.envelope, tuple(clue.text for clue in clues))
    name = next((clue.text for clue in clues if clue.part == "name" and clue.text), None) or (event.name if event else None)
    obstacle = unnamed.obstacle or (None if event else _unknown_event(layer, view, clues, name, registry))
    return replace(unnamed, event=event, name=name, clues=clues, obstacle=obstacle)


def _clue(layer: Layer, part: str, view: Any) -> Clue:
    rule = layer.envelope.key[part]
    text = text_at(view, rule.path)
    if text is not None and rule.capture:
        match = rule.capture.search(text)
        text = match.group(1) if match else text
    return Clue(part, naming.pointer((*layer.path, *rule.path)), text)


def _unknown_event(layer: Layer, view: Any, clues: tuple[Clue, ...], name: str | None, registry: Registry) -> Obstacle:
    """Say which value is not known. A value that is missing points at the object that should hold it."""
    claimants = registry.index.claimants(layer.envelope, tuple(clue.text for clue in clues))
    if claimants:
        return Obstacle("ambiguous", layer.path, f"several events claim it: {', '.join(claimants)}", hint="run 'signalbook lint'", nearest=claimants)
    missing = next((clue for clue in clues if clue.text is None), None)
    if missing and name is None:
        key = naming.tokens(missing.pointer)[-1]
        holder = value_at(view, layer.envelope.key[missing.part].path[:-1])
        near = naming.nearest(key, holder, 1) if isinstance(holder, dict) else ()
        hint = f"{near[0]!r} is there: did you mean {key!r}?" if near else None
        message = f"it looks like {layer.envelope.id}, but {key!r}, which names the event, is missing or no string"
        place = naming.tokens(missing.pointer)
        return Obstacle("unknown-event", place[:-1], message, None, hint, about=place)
    names = registry.index.names(layer.envelope)
    near = naming.nearest(name or "", names)
    others = [clue for clue in clues if clue.part != "name" and clue.text]
    if name in names and others:
        clue, message = others[0], f"{name!r} is known in {layer.envelope.id}, but not together with {others[0].part} {others[0].text!r}"
    else:
        clue = next((clue for clue in clues if clue.part == "name"), clues[0])
        message = f"the catalogue has no event {clue.text!r} in {layer.envelope.id}"
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else None
    return Obstacle("unknown-event", naming.tokens(clue.pointer), message, shown(clue.text), hint, near)


def _slots(value: Any, at: tuple[str, ...], path: Path) -> Iterator[tuple[Path, Any, bool]]:
    """Yield the place and the value of each slot, and whether anything is there; where nothing is, the place that is missing."""
    if not at:
        yield path, value, True
    elif at[0] == "*" and isinstance(value, list):
        for place, item in enumerate(value):
            yield from _slots(item, at[1:], (*path, place))
    elif at[0] != "*" and isinstance(value, dict) and at[0] in value:
        yield from _slots(value[at[0]], at[1:], (*path, at[0]))
    else:
        yield (path if at[0] == "*" else (*path, at[0])), None, False


def _decoded(value: Any, place: tuple[str, ...]) -> Any:
    """Return a copy in which the JSON text at a place is replaced by its value; what is no JSON text stays as it is."""
    if not place:
        try:
            inner = jsontext.loads(value.encode("utf-8", "replace")) if isinstance(value, str) else value
        except jsontext.NotJSON:
            return value
        return inner if isinstance(inner, (dict, list)) else value
    if place[0] == "*" and isinstance(value, list):
        return [_decoded(item, place[1:]) for item in value]
    if isinstance(value, dict) and place[0] in value:
        return {**value, place[0]: _decoded(value[place[0]], place[1:])}
    return value
