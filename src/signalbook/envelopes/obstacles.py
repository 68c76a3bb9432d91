"""Builds the obstacles that stop opening before an event is known: the place, what was found, and what is nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine import suggestions
from signalbook.envelopes.opened import Obstacle
from signalbook.reading import json_text, pointers, strict_json
from signalbook.reading.strict_json import shown
from signalbook.registry.recognition import value_at

if TYPE_CHECKING:
    from signalbook.envelopes.opened import Clue, Layer, Path
    from signalbook.registry import Envelope, Neighbour, Registry


def of_another_product(neighbour: Neighbour, value: dict[str, Any], path: Path, inside: str) -> Obstacle:
    """Return the obstacle for JSON of another product, with the keys that show it; `inside` says where it was found."""
    keys = ", ".join(repr(key) for key in neighbour.recognise.keys if key in value)
    message = f"{inside} belongs to another product ({neighbour.title.en}). {neighbour.summary}"
    return Obstacle("other-product", path, message, f"an object with {keys}")


def nothing_there(envelope: Envelope, path: Path) -> Obstacle:
    """Return the obstacle for a missing slot."""
    *holder, last = path
    return Obstacle(
        "required", tuple(holder), f"{last!r} is missing: it holds the content of {envelope.id}", about=path
    )


def stuck(envelope: Envelope, path: Path, value: Any) -> Obstacle | None:
    """Return the obstacle for slot content that cannot be opened, or None."""
    if not isinstance(value, str) or not envelope.decode:
        wrong = envelope.holds == "event" and not isinstance(value, dict)
        return (
            Obstacle("type", path, "is not an object, so it cannot be the body of an event", shown(value))
            if wrong
            else None
        )
    why = why_no_json((strict_json.from_base64(value) if envelope.base64 else None) or value)
    if envelope.text:
        return Obstacle(
            "plain-text", path, f"{envelope.id} contains plain text, which names no event", shown(value), why
        )
    return Obstacle("json-text", path, f"{envelope.id} must contain JSON text here", shown(value), why)


def why_no_json(text: str) -> str | None:
    """Return why a text that looks like a JSON object is not one, or None."""
    try:
        inner = strict_json.loads_text(text)
    except json_text.NotJSON as error:
        return (
            f"if this is meant to be JSON: {error}"
            if text.lstrip()[:1] in ("{", "[")
            else error.hint
            if text.lstrip()[:1] == "<"
            else None
        )
    if isinstance(inner, str) and inner.lstrip()[:1] in ("{", "["):
        return (
            "this is JSON inside a JSON string: something in transit encoded it twice, so decode it once more"
        )
    return None


def unknown_event(
    layer: Layer, view: Any, clues: tuple[Clue, ...], name: str | None, registry: Registry
) -> Obstacle:
    """Return the obstacle for an unknown value of the key. For a missing value, it points to the object that should hold it."""
    values = tuple(clue.value for clue in clues)
    envelope, index = layer.envelope, registry.index
    if known := index.known_name(envelope, values):
        message = f"{known.name!r} is listed by {known.service}, but its fields are not documented"
        pointer = next(clue.pointer for clue in clues if clue.part == "name")
        return Obstacle("undocumented-event", pointers.split(pointer), message, shown(known.name), known.note)
    if claimants := index.claimants(envelope, values):
        return Obstacle(
            "ambiguous",
            layer.path,
            f"several events match: {', '.join(claimants)}",
            hint="run 'signalbook lint'",
            nearest=claimants,
        )
    others = [clue for clue in clues if clue.part != "name" and clue.text]
    if strange := next(
        (clue for clue in others if not index.knows(envelope, clue.part, str(clue.value))), None
    ):
        return _unknown_part(layer, strange, name, registry)
    missing = next((clue for clue in clues if clue.text is None), None)
    if missing and name is None:
        return _nameless(layer, view, missing, known_source=bool(others))
    clue = next((clue for clue in clues if clue.part == "name"), clues[0])
    elsewhere = [
        event.id
        for event in registry.events.values()
        if event.name == name and event.id.split("/")[0] == envelope.id.split("/")[0]
    ]
    message = f"unknown event {clue.text!r} in envelope {envelope.id}" + (
        f"; other envelopes carry it as {elsewhere[0]}" if elsewhere else ""
    )
    near = suggestions.nearest(name or "", index.names(envelope))
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near and not elsewhere else None
    return Obstacle("unknown-event", pointers.split(clue.pointer), message, shown(clue.text), hint, near)


def _unknown_part(layer: Layer, clue: Clue, name: str | None, registry: Registry) -> Obstacle:
    """Return the obstacle for a key part other than the name (a source, a product) whose value no event of the catalogue has."""
    known = registry.index.known_values(layer.envelope, clue.part)
    named = f" (event {name!r})" if name else ""
    message = f"unknown {clue.part} {clue.text!r} in envelope {layer.envelope.id}{named}"
    near = suggestions.nearest(str(clue.text), known)
    hint = (
        f"did you mean {' or '.join(map(repr, near))}?"
        if near
        else f"known values: {', '.join(known)}"
        if known
        else None
    )
    return Obstacle("unknown-event", pointers.split(clue.pointer), message, shown(clue.text), hint, near)


def _nameless(layer: Layer, view: Any, missing: Clue, *, known_source: bool) -> Obstacle:
    """Return the obstacle for a missing event name: an error if the source of the payload is known, else a reason not to identify it."""
    place = pointers.split(missing.pointer)
    key = place[-1]
    holder = value_at(view, layer.envelope.key[missing.part].path[:-1])
    keys = holder if isinstance(holder, dict) else {}
    near = suggestions.nearest(key, keys, 1) if key not in keys else ()
    hint = f"found {near[0]!r}: did you mean {key!r}?" if near else None
    message = (
        f"looks like {layer.envelope.id}, but {key!r}, which names the event, is missing or not a string"
    )
    if known_source and key in keys:
        return Obstacle("type", place, message, shown(keys[key]), about=place)
    return Obstacle(
        "required" if known_source else "unknown-event", place[:-1], message, None, hint, about=place
    )
