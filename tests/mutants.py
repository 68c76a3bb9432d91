"""Single-fault mutants of payloads: each breaks one place that a contract describes, and says where and by which rules that must be found.

Nothing here asks an engine. A mutant is left out as *equivalent* only where the contract names what it makes: null, or a text, in a list of types,
or values that an envelope masks.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook import Registry, levels, naming
from signalbook.envelopes import open_payload
from signalbook.findings import UNIDENTIFIED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.envelopes import Opened
    from signalbook.findings import Finding, Verdict
    from signalbook.levels import Schema
    from signalbook.registry import Contract, Envelope

Path = tuple[str | int, ...]
TYPES = {"string": "text", "integer": 7, "boolean": True, "array": [], "object": {}}
FORM = ("pattern", "format", "anyOf", "oneOf", "minimum", "maximum", "type", "json-text")
WRONG = ("type", "anyOf", "oneOf", "enum", "const", "unlisted-value", "json-text")
UNCHECKED_WHERE_MASKED = ("form", "date", "list", "constant")


REGISTRY = Registry.load()


@dataclass(frozen=True)
class Mutant:
    """One broken payload: whose contract, what kind of fault, at which path (through strings of JSON text), and the rules one of which must find it.

    `field` is the field that must be named where the fault is a missing or unknown one. `telling` says that the place helps to identify the payload:
    breaking it may as well end in an unidentified payload, if the place is pointed out.
    """

    contract: str
    kind: str
    path: Path
    payload: Any
    rules: tuple[str, ...]
    field: str | None = None
    telling: bool = False


@dataclass(frozen=True)
class Place:
    """A place of a payload that a contract describes: the path to it, what stands there, and the schemas that describe it."""

    contract: Contract
    path: Path
    value: Any
    schemas: list[Schema]
    certain: list[Schema]
    """Those that hold always, and not only in one branch of a composition."""
    masked: bool


def changed(payload: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Return a copy of a payload with the value at a path changed; the path leads into strings that hold JSON text, which are written again."""
    if not path:
        return change(payload)
    if isinstance(payload, str):
        return json.dumps(changed(json.loads(payload), path, change), ensure_ascii=False)
    out = list(payload) if isinstance(payload, list) else dict(payload)
    out[path[0]] = changed(payload[path[0]], path[1:], change)  # type: ignore[index]
    return out


def inside(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a change that goes into a string of JSON text, where the value stands in one."""
    return lambda old: json.dumps(change(json.loads(old)), ensure_ascii=False) if isinstance(old, str) else change(old)


def carrying(payload: Any, body: Any) -> Any:
    """Return a delivery with another body in the place of the first one it carries."""
    return changed(payload, open_payload(payload, REGISTRY)[0].path, inside(lambda _: body))


def _places(whole: tuple[Opened, ...]) -> Iterator[Place]:
    """Yield every place of an opened payload that a contract describes: those of its envelopes, then those of its bodies."""
    seen: set[Path] = set()
    for opened in whole:
        for layer in opened.wrappers:
            if layer.path not in seen:
                seen.add(layer.path)
                yield from _described(layer.envelope.newest, layer.value, layer.path, slot=layer.envelope)
        assert opened.event
        yield from _described(opened.event.newest, opened.body, opened.path, masked=any(layer.envelope.masked for layer in opened.layers))


def _described(contract: Contract, value: Any, start: Path, *, slot: Envelope | None = None, masked: bool = False) -> Iterator[Place]:
    certain = dict(levels.places(contract.resolved, ("allOf",), texts=True))
    opaque: set[Path] = set()  # texts whose content no schema describes: what stands in them is described for another form of the same field
    for way, schemas in levels.places(contract.resolved, texts=True):
        # What lies in an envelope's slot is described by the body's own contract.
        if slot and len(way) > len(slot.at) and way[: len(slot.at)] == slot.at and slot.holds == "event":
            continue
        for path, found in levels.values_at(value, way):
            if any(path[:end] in opaque for end in range(len(path))):
                continue
            if isinstance(found, str) and not any("contentSchema" in schema for schema in schemas):
                opaque.add(path)
            yield Place(contract, (*start, *path), found, schemas, certain.get(way, []), masked)


def mutants(payload: Any) -> Iterator[Mutant]:
    """Yield every single-fault mutant of a payload: those that break its envelopes, then those that break its bodies."""
    opened = open_payload(payload, REGISTRY)
    for place in _places(opened):
        yield from _of_place(payload, place, opened)


def _of_place(payload: Any, place: Place, opened: tuple[Opened, ...]) -> Iterator[Mutant]:
    bodies = {one.path for one in opened}  # that one is there, and of which type, its envelope says
    for kind, path, change, rules, field in (*(() if place.path in bodies else _of_value(place)), *_of_keys(place)):
        if not (place.masked and kind in UNCHECKED_WHERE_MASKED):
            where = (*path, field) if field and kind == "missing" else path
            telling = any(_is_telling(one, tuple(map(str, where))) or _is_telling(one, tuple(map(str, path))) for one in opened)
            yield Mutant(place.contract.of, kind, path, changed(payload, path, inside(change) if field else change), rules, field, telling)


_Change = tuple[str, Path, "Callable[[Any], Any]", tuple[str, ...], "str | None"]


def _of_value(place: Place) -> Iterator[_Change]:
    path, value = place.path, place.value
    if not path:
        return
    types = _types(place.schemas)
    wrong = next(other for name, other in TYPES.items() if name not in types and not (name == "integer" and "number" in types))
    yield "type", path, lambda _: wrong, WRONG, None
    if value is not None and "null" not in types:
        yield "null", path, lambda _: None, WRONG, None
    if isinstance(value, (dict, list)) and "string" not in types:
        yield "text", path, json.dumps, WRONG, None
    if isinstance(value, str) and value[:1] in ("{", "[") and _is_json(value) and not types & {"object", "array"}:
        yield "object", path, json.loads, WRONG, None
    keywords = {keyword for schema in place.schemas for keyword in schema}
    if isinstance(value, str) and keywords & {"pattern", "format"}:
        yield "form", path, lambda old: f"! {old}", FORM, None
        if re.match(r"[0-9]{4}[-/]?[0-9]{2}", value) and not value.isdigit() and any("yyyy" in schema.get("x-form", "") for schema in place.schemas):
            yield "date", path, lambda old: re.sub(r"^([0-9]{4}[-/]?)[0-9]{2}", r"\g<1>13", old), FORM, None
    if isinstance(value, int) and not isinstance(value, bool) and "minimum" in keywords:
        yield "date", path, lambda old: -old - 1, FORM, None
    if isinstance(value, str) and "const" in keywords:
        yield "constant", path, lambda old: f"{old}x", ("const", "general-contract"), None
    elif isinstance(value, str) and keywords & {"enum", "x-known"}:
        yield "list", path, lambda old: f"{old}x", ("enum", "unlisted-value", "anyOf", "pattern"), None


def _of_keys(place: Place) -> Iterator[_Change]:
    if not isinstance(place.value, dict):
        return
    required = {name for schema in place.certain for name in schema.get("required", ())}
    for name in place.value:
        if name in required:
            yield "missing", place.path, _without(name), ("required",), name
        if name in {known for schema in place.schemas for known in schema.get("properties", ())}:
            typo = f"{name[:-2]}{name[-1]}{name[-2]}" if len(name) > 1 and name[-1] != name[-2] else f"{name}x"
            rules, field = (("required",), name) if name in required else (("unknown-field",), typo)
            yield "key", place.path, _renaming(name, typo), rules, field


def _without(name: str) -> Callable[[Any], Any]:
    return lambda old: {key: value for key, value in old.items() if key != name}


def _renaming(name: str, to: str) -> Callable[[Any], Any]:
    return lambda old: {to if key == name else key: value for key, value in old.items()}


def _types(schemas: list[Schema]) -> set[str]:
    named = [schema["type"] for schema in schemas if "type" in schema]
    return {name for one in named for name in ([one] if isinstance(one, str) else one)}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_telling(opened: Opened, path: tuple[str, ...]) -> bool:
    """Whether a place is one by which an envelope is recognised or its event named, or one on the way to such a place."""
    return any(_tells(layer.envelope, path[len(layer.path) :]) for layer in opened.layers if path[: len(layer.path)] == tuple(map(str, layer.path)))


def _tells(envelope: Envelope, path: tuple[str, ...]) -> bool:
    rule = envelope.recognise
    ways: list[tuple[str, ...]] = [(key,) for key in rule.keys]
    ways += [way for way, _ in rule.some] + list(rule.values)
    ways += [(*way, key) for way, (keys, _) in rule.inside.items() for key in keys]
    ways += [way for part in envelope.key.values() for way in (part.path, part.otherwise) if way]
    return any(len(path) <= len(way) and all(step in ("*", other) for step, other in zip(way, path, strict=False)) for way in ways)


def is_caught(mutant: Mutant, verdict: Verdict) -> bool:
    """Whether a verdict finds the mutant's fault at its place; a telling place may also be pointed out where the payload is not identified."""
    if any(_finds(mutant, finding) for finding in verdict.findings if finding.severity != "note"):
        return True
    name = mutant.field or str(mutant.path[-1])
    return mutant.telling and any(_points_out(mutant, name, finding) for finding in verdict.errors)


def _finds(mutant: Mutant, finding: Finding) -> bool:
    if finding.rule not in mutant.rules:
        return False
    if mutant.rules == ("unknown-field",):
        return finding.pointer == naming.pointer((*mutant.path, str(mutant.field))) and finding.field == mutant.field
    return finding.pointer == naming.pointer(mutant.path) and finding.field == mutant.field


def _points_out(mutant: Mutant, name: str, finding: Finding) -> bool:
    told = name in f"{finding.message} {finding.hint or ''}"
    if finding.rule not in UNIDENTIFIED:
        return finding.rule == "required" and told and finding.pointer == naming.pointer(mutant.path)
    return told or finding.pointer in {naming.pointer(mutant.path), naming.pointer(mutant.path[:-1])}
