"""Why opening stops before an event is known, in words that say where, what was found, and what is nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook import jsontext, naming
from signalbook.envelopes.opened import Obstacle
from signalbook.jsontext import shown
from signalbook.registry.recognition import value_at

if TYPE_CHECKING:
    from signalbook.envelopes.opened import Clue, Layer, Path
    from signalbook.registry import Envelope, Neighbour, Registry


def of_another_product(neighbour: Neighbour, value: dict[str, Any], path: Path, inside: str) -> Obstacle:
    """Say which product's JSON it is, and by which keys that shows; `inside` says where it was found."""
    keys = ", ".join(repr(key) for key in neighbour.recognise.keys if key in value)
    message = f"{inside} belongs to another product ({neighbour.title.en}). {neighbour.summary}"
    return Obstacle("other-product", path, message, f"an object with {keys}")


def nothing_there(envelope: Envelope, path: Path) -> Obstacle:
    """Say that nothing stands at a slot's place."""
    *holder, last = path
    return Obstacle("required", tuple(holder), f"{last!r} is missing, which holds what {envelope.id} carries", about=path)


def stuck(envelope: Envelope, path: Path, value: Any) -> Obstacle | None:
    """Return why what is in a slot cannot be opened, or None."""
    if not isinstance(value, str) or not envelope.decode:
        wrong = envelope.holds == "event" and not isinstance(value, dict)
        return Obstacle("type", path, "is no object, so it cannot be the body of an event", shown(value)) if wrong else None
    why = why_no_json((jsontext.from_base64(value) if envelope.base64 else None) or value)
    if envelope.text:
        return Obstacle("plain-text", path, f"{envelope.id} carries plain text, which names no event", shown(value), why)
    return Obstacle("json-text", path, f"{envelope.id} must carry JSON text here", shown(value), why)


def why_no_json(text: str) -> str | None:
    """Return what keeps a text that looks like JSON text of an object from being one, or None."""
    try:
        inner = jsontext.loads_text(text)
    except jsontext.NotJSON as error:
        return f"if it is meant to be JSON: {error}" if text.lstrip()[:1] in ("{", "[") else error.hint if text.lstrip()[:1] == "<" else None
    if isinstance(inner, str) and inner.lstrip()[:1] in ("{", "["):
        return "it is JSON text inside JSON text: something on the way encoded it twice, so decode it once more"
    return None


def unknown_event(layer: Layer, view: Any, clues: tuple[Clue, ...], name: str | None, registry: Registry) -> Obstacle:
    """Say which value is not known. A value that is missing points at the object that should hold it."""
    values = tuple(clue.value for clue in clues)
    envelope, index = layer.envelope, registry.index
    if known := index.known_name(envelope, values):
        message = f"{known.name!r} is a name that {known.service} lists, but what such an event holds is documented nowhere"
        pointer = next(clue.pointer for clue in clues if clue.part == "name")
        return Obstacle("undocumented-event", naming.tokens(pointer), message, shown(known.name), known.note)
    if claimants := index.claimants(envelope, values):
        return Obstacle("ambiguous", layer.path, f"several events claim it: {', '.join(claimants)}", hint="run 'signalbook lint'", nearest=claimants)
    others = [clue for clue in clues if clue.part != "name" and clue.text]
    if strange := next((clue for clue in others if not index.knows(envelope, clue.part, str(clue.value))), None):
        return _unknown_part(layer, strange, name, registry)
    missing = next((clue for clue in clues if clue.text is None), None)
    if missing and name is None:
        return _nameless(layer, view, missing, known_source=bool(others))
    clue = next((clue for clue in clues if clue.part == "name"), clues[0])
    elsewhere = [event.id for event in registry.events.values() if event.name == name and event.id.split("/")[0] == envelope.id.split("/")[0]]
    message = f"the catalogue has no event {clue.text!r} in {envelope.id}" + (f", only {elsewhere[0]} in other envelopes" if elsewhere else "")
    near = naming.nearest(name or "", index.names(envelope))
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near and not elsewhere else None
    return Obstacle("unknown-event", naming.tokens(clue.pointer), message, shown(clue.text), hint, near)


def _unknown_part(layer: Layer, clue: Clue, name: str | None, registry: Registry) -> Obstacle:
    """Say that a part of the key other than the name (a source, a product) has a value that no event of the catalogue has."""
    known = registry.index.known_values(layer.envelope, clue.part)
    named = f" for {name!r}" if name else ""
    message = f"the catalogue has no event of {clue.part} {clue.text!r} in {layer.envelope.id}{named}"
    near = naming.nearest(str(clue.text), known)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"it knows {clue.part} {', '.join(known)}" if known else None
    return Obstacle("unknown-event", naming.tokens(clue.pointer), message, shown(clue.text), hint, near)


def _nameless(layer: Layer, view: Any, missing: Clue, *, known_source: bool) -> Obstacle:
    """Say that what names the event is missing: a fault of the payload where it comes from a source we know, else a reason not to know it."""
    place = naming.tokens(missing.pointer)
    key = place[-1]
    holder = value_at(view, layer.envelope.key[missing.part].path[:-1])
    keys = holder if isinstance(holder, dict) else {}
    near = naming.nearest(key, keys, 1) if key not in keys else ()
    hint = f"{near[0]!r} is there: did you mean {key!r}?" if near else None
    message = f"it looks like {layer.envelope.id}, but {key!r}, which names the event, is missing or no string"
    if known_source and key in keys:
        return Obstacle("type", place, message, shown(keys[key]), about=place)
    return Obstacle("required" if known_source else "unknown-event", place[:-1], message, None, hint, about=place)
