"""Generates the data for the check in a browser: how to recognize payloads and events, and every contract as the engine compiles it.

`web/src/try/` reads this data and does the same as the Python kit. A test compares both, so that data left out here cannot change a result.
Schemas that occur in several places are stored once, in `pool`: a number in place of a schema is an index into it.
"""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from signalbook.engine import embedded_json, levels
from signalbook.engine.schema_validator import compiled as compiled_schema
from signalbook.reading.strict_json import compact
from signalbook.site import schema_files, try_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.engine.levels import Schema, Slot
    from signalbook.registry import (
        Attribute,
        Envelope,
        Event,
        KeyPart,
        Neighbour,
        Recognition,
        Registry,
        Service,
        Title,
    )

DATA = "catalogue/assets/registry.json"
"""Path of the data below `docs/`; the script finds it beside itself."""
ENGINE = "try-engine.js"
"""The part of the script that validates, in `assets/`. It is too large for the initial page load, so `try.js` loads it on first use."""
FORMATS = frozenset({"date", "time", "date-time", "ipv4"})
"""Formats that `web/src/try/formats.js` validates like the engine does."""

# Keywords that validate values or affect the text and severity of findings. Notes and examples are on the event's page.
_KEPT = frozenset([
    *("type", "enum", "const", "format", "pattern", "minLength", "maxLength", "multipleOf"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
    *("properties", "patternProperties", "additionalProperties", "required", "propertyNames", "items", "additionalItems", "contains", "dependencies"),
    *("allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
    *("description", "x-form", "x-known", "x-evidence"),
])  # fmt: skip
_NO_FORM = ("", "%", "(", "{", "\0", "\\ ")
"""Sample texts; every format that the engine validates rejects at least one of them."""
_WORTH_SHARING = 24
"""Minimum length, in characters, of a schema that is worth sharing through the pool."""


def files(registry: Registry) -> dict[str, bytes]:
    """Return the data of the check in a browser and its engine script, by path below `docs/`."""
    data = {**compiled(registry), "examples": try_page.offered(registry)}
    engine = resources("signalbook.site").joinpath("assets", ENGINE).read_bytes()
    return {DATA: compact(data).encode(), f"catalogue/assets/{ENGINE}": engine}


def compiled(registry: Registry) -> dict[str, Any]:
    """Return what a browser needs to check payloads, as JSON-ready values. Raises `engine.Unresolved` for a registry that was not read in full."""
    contracts = [
        contract
        for one in (*registry.envelopes.values(), *registry.events.values())
        for contract in one.oldest_first()
    ]
    made = {str(contract): _checker(contract.resolved, contract.slot) for contract in contracts}
    pool = _Pool()
    for checker in made.values():
        pool.count(checker)
    formats = {
        inner["format"]
        for one in made.values()
        for schema in _schemas(one)
        for _, inner in levels.subschemas(schema)
        if "format" in inner
    }
    return {
        "name": registry.name,
        "contracts": {name: pool.shared(checker) for name, checker in made.items()},
        "pool": pool.schemas(),
        "unchecked": sorted(name for name in formats - FORMATS if _is_asserted(name)),
        "envelopes": [_envelope(envelope) for envelope in registry.envelopes.values()],
        "neighbours": [
            _neighbour(one)
            for provider in registry.providers.values()
            for one in provider.neighbours.values()
        ],
        "events": [_event(event) for event in registry.events.values()],
        "services": [_service(service) for service in registry.services.values()],
    }


def page(contract_id: str) -> str:
    """Return the address of the page of an event or envelope, relative to the catalogue's."""
    return schema_files.page_path(contract_id).removeprefix("catalogue/")


def _checker(resolved: Schema, slot: Slot) -> dict[str, Any]:
    """Return the strict schema, and the same for the JSON text in its strings, as `engine.Checker` compiles them."""
    inside = [
        {"way": list(way), **_checker(inner, levels.rest(slot, way))}
        for way, inner in embedded_json.places(resolved)
    ]
    return {"schema": _stripped(levels.strict(resolved, slot)), "inside": inside}


def _is_asserted(name: str) -> bool:
    """Return whether the engine validates a format; it accepts any text for formats that draft-07 does not define."""
    validator = compiled_schema({"format": name})
    return not all(validator.is_valid(text) for text in _NO_FORM)


def _stripped(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    return {
        keyword: value for keyword, value in levels.with_inside(schema, _stripped).items() if keyword in _KEPT
    }


class _Pool:
    """Finds schemas that occur in several places, and replaces them with numbers."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._values: dict[str, Schema] = {}

    def count(self, checker: Mapping[str, Any]) -> None:
        """Count the schemas of a checker."""
        for one in _schemas(checker):
            for _, schema in levels.subschemas(one):
                text = compact(schema)
                self._seen[text] = self._seen.get(text, 0) + 1
                self._values[text] = schema

    def shared(self, checker: Mapping[str, Any]) -> dict[str, Any]:
        """Return a checker with shared schemas replaced by numbers."""
        inside = [{"way": one["way"], **self.shared(one)} for one in checker["inside"]]
        return {"schema": self._number(checker["schema"]), **({"inside": inside} if inside else {})}

    def schemas(self) -> list[Any]:
        """Return the shared schemas, in the order of their numbers."""
        return [levels.with_inside(self._values[text], self._number) for text in self._numbers]

    def _number(self, schema: Any) -> Any:
        if not isinstance(schema, dict):
            return schema
        number = self._numbers.get(compact(schema))
        return levels.with_inside(schema, self._number) if number is None else number

    @cached_property
    def _numbers(self) -> dict[str, int]:
        several = (text for text, count in self._seen.items() if count > 1 and len(text) > _WORTH_SHARING)
        return {text: number for number, text in enumerate(several)}


def _schemas(checker: Mapping[str, Any]) -> Iterator[Any]:
    yield checker["schema"]
    for one in checker["inside"]:
        yield from _schemas(one)


def _titles(title: Title) -> dict[str, str]:
    return {"en": title.en, **({"zh": title.zh} if title.zh else {})}


def _versions(one: Event | Envelope) -> list[dict[str, str]]:
    """Return the versions of an event or envelope, newest first."""
    return [
        {"version": contract.version, "firstSeen": contract.first_seen}
        for contract in reversed(one.oldest_first())
    ]


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "name": event.name,
        "title": _titles(event.title),
        "status": event.status,
        "replacedBy": event.replaced_by,
        "match": dict(event.match),
        "attributes": {name: list(values) for name, values in event.attributes.items()},
        "envelopes": list(event.envelopes),
        "versions": _versions(event),
        "page": page(event.id),
    }


def _envelope(envelope: Envelope) -> dict[str, Any]:
    return {
        "id": envelope.id,
        "title": _titles(envelope.title),
        "bare": envelope.bare,
        "recognise": _recognition(envelope.recognise),
        "at": list(envelope.at),
        "holds": envelope.holds,
        "decode": [list(place) for place in envelope.decode],
        "text": envelope.text,
        "base64": envelope.base64,
        "masked": envelope.masked,
        "key": [{"part": part, **_key_part(rule)} for part, rule in envelope.key.items()],
        "attributes": [_attribute(rule) for rule in envelope.attributes],
        "versions": _versions(envelope),
        "page": page(envelope.id),
    }


def _key_part(rule: KeyPart) -> dict[str, Any]:
    otherwise = list(rule.otherwise) if rule.otherwise else None
    return {
        "path": list(rule.path),
        "otherwise": otherwise,
        "capture": rule.capture.pattern if rule.capture else None,
    }


def _attribute(rule: Attribute) -> dict[str, Any]:
    values = None if rule.values is None else list(rule.values)
    about = {"values": values, "exclusive": rule.exclusive, "hint": rule.hint}
    return {"name": rule.name, "path": list(rule.path), "capture": rule.capture.pattern, **about}


def _neighbour(neighbour: Neighbour) -> dict[str, Any]:
    about = {"title": _titles(neighbour.title), "summary": neighbour.summary}
    return {"id": neighbour.id, **about, "recognise": _recognition(neighbour.recognise)}


def _recognition(rule: Recognition) -> dict[str, Any]:
    def tests(pairs: Any) -> list[dict[str, Any]]:
        return [{"path": list(path), "test": dict(test)} for path, test in pairs]

    return {
        "keys": list(rule.keys),
        "least": rule.least,
        "some": tests(rule.some),
        "likely": tests(rule.likely),
        "absent": sorted(rule.absent),
        "values": tests(rule.values.items()),
        "inside": [
            {"path": list(path), "keys": sorted(keys), "least": least}
            for path, (keys, least) in rule.inside.items()
        ],
    }


def _service(service: Service) -> dict[str, Any]:
    known = [{"name": one.name, "note": one.note} for one in service.known_names.values()]
    return {"id": service.id, "match": dict(service.match), "known": known}
