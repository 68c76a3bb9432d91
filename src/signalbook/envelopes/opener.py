"""Opens a payload down to its events, and records which fields identify each envelope and which value names each event.

Opening continues until it reaches a body: the slot of an envelope holds either the body of an event or another payload.
This module does not validate: a payload that breaks the contract of its envelope is opened as far as possible. `opened` defines the results,
and `obstacles` the messages for what stops opening.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.envelopes import obstacles
from signalbook.envelopes.opened import Clue, Layer, Obstacle, Opened, Path
from signalbook.reading import pointers
from signalbook.reading.decoding import Batch
from signalbook.reading.strict_json import opened, revealed, shown
from signalbook.registry import Envelope
from signalbook.registry.event_index import NO_MATCH
from signalbook.registry.recognition import text_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.registry import KeyPart, Registry

__all__ = ["Clue", "Layer", "Obstacle", "Opened", "open_payload"]

MAX_NESTING = 8
"""Maximum number of nested envelopes. The deepest documented nesting has three."""


def open_payload(payload: Any, registry: Registry) -> tuple[Opened, ...]:
    """Return what a payload carries: one entry, or one for each item of an envelope with a list. An entry that cannot be opened has an obstacle.

    The result is never empty. For a `Batch`, it contains the entries of each of its payloads.
    """
    if isinstance(payload, Batch) and payload:
        return tuple(
            found for place, one in enumerate(payload) for found in _open(opened(one), (place,), (), registry)
        )
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
        view = decoded(view, place, revealed if envelope.base64 and place == envelope.at else opened)
    places = list(slots(view, envelope.at, path))
    if not places:
        empty = Obstacle("empty-envelope", path, f"{envelope.id} contains no events: its list is empty")
        yield Opened(layers, path, None, has_body=False, obstacle=empty)
    for slot_path, inner, there in places:
        stuck = (
            obstacles.stuck(envelope, slot_path, inner)
            if there
            else obstacles.nothing_there(envelope, slot_path)
        )
        unnamed = Opened(layers, slot_path, inner, has_body=isinstance(inner, dict), obstacle=stuck)
        if envelope.holds == "event":
            yield _named(unnamed, view, registry)
        elif stuck:
            yield unnamed
        else:
            yield from _open(inner, slot_path, layers, registry)


def _recognise(
    value: Any, path: Path, layers: tuple[Layer, ...], registry: Registry
) -> tuple[Obstacle | None, Envelope | None]:
    where = f" in {layers[-1].envelope.id}" if layers else ""
    inside = f"the content of {layers[-1].envelope.id}" if layers else "the payload"
    if not isinstance(value, dict):
        why = obstacles.why_no_json(value) if isinstance(value, str) else None
        return Obstacle("unknown-payload", path, f"{inside} must be a JSON object", shown(value), why), None
    if len(layers) >= MAX_NESTING:
        return Obstacle("too-nested", path, f"more than {MAX_NESTING} nested envelopes"), None
    found = registry.recogniser.recognise(value)
    if len(found) > 1:
        names = tuple(one.id for one in found)
        return Obstacle(
            "ambiguous", path, f"matches several known forms equally: {', '.join(names)}", nearest=names
        ), None
    if found:
        return (
            (None, found[0])
            if isinstance(found[0], Envelope)
            else (obstacles.of_another_product(found[0], value, path, inside), None)
        )
    near = registry.recogniser.near(value)
    hint = f"the closest match is {near[0].id}, but {'; '.join(near[1])}" if near else None
    message = f"unknown payload{where}: it matches no envelope and no event of the catalogue"
    found_keys = f"an object with {', '.join(map(repr, list(value)[:12]))}" if value else "an empty object"
    return Obstacle("unknown-payload", path, message, found_keys, hint, (near[0].id,) if near else ()), None


def _named(unnamed: Opened, view: Any, registry: Registry) -> Opened:
    """Return the opened item with its event, if the innermost envelope names a known one. `view` is that envelope with its strings decoded."""
    layer = unnamed.layers[-1]
    clues = tuple(_clue(layer, part, view) for part in layer.envelope.key)
    values = tuple(clue.value for clue in clues)
    event = registry.index.event(layer.envelope, values)
    name = next((clue.text for clue in clues if clue.part == "name" and clue.text), None) or (
        event.name if event else None
    )
    # We cannot say what an unknown event should hold, so its name is the obstacle. Without a name, the earlier obstacle says more.
    obstacle = (
        unnamed.obstacle
        if event or (unnamed.obstacle and not name)
        else obstacles.unknown_event(layer, view, clues, name, registry)
    )
    meant = registry.index.meant(layer.envelope, event, values) if event else None
    return unnamed._replace(event=event, name=name, clues=clues, obstacle=obstacle, meant=meant)


def _clue(layer: Layer, part: str, view: Any) -> Clue:
    rule = layer.envelope.key[part]
    path, text = rule.path, text_at(view, rule.path)
    if text is None and rule.otherwise and (text := text_at(view, rule.otherwise)) is not None:
        path = rule.otherwise
    text, value = captured(rule, text)
    return Clue(part, pointers.join((*layer.path, *path)), text, value)


def captured(rule: KeyPart, text: str | None) -> tuple[str | None, str | None]:
    """Return the captured part of a text, and the same for the lookup, in which a text that lacks the required form matches nothing."""
    if text is None or not rule.capture:
        return text, text
    match = rule.capture.search(text)
    return (match.group(1), match.group(1)) if match else (text, NO_MATCH)


def slots(value: Any, at: tuple[str, ...], path: Path) -> Iterator[tuple[Path, Any, bool]]:
    """Yield the path and the value of each slot, and whether it exists; if not, the path is that of the first missing step."""
    if not at:
        yield path, value, True
    elif at[0] == "*" and isinstance(value, list):
        for place, item in enumerate(value):
            yield from slots(item, at[1:], (*path, place))
    elif at[0] != "*" and isinstance(value, dict) and at[0] in value:
        yield from slots(value[at[0]], at[1:], (*path, at[0]))
    else:
        yield (path if at[0] == "*" else (*path, at[0])), None, False


def decoded(value: Any, place: tuple[str, ...], read: Callable[[Any], Any] = opened) -> Any:
    """Return a copy in which `read` has replaced the JSON text at a path by its value. Text that is not JSON stays as it is."""
    if not place:
        return read(value)
    if place[0] == "*" and isinstance(value, list):
        return [decoded(item, place[1:], read) for item in value]
    if isinstance(value, dict) and place[0] in value:
        return {**value, place[0]: decoded(value[place[0]], place[1:], read)}
    return value
