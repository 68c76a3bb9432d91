"""Lint rules for schema files: dialect, the portable subset, patterns, descriptions, shared definitions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from signalbook.engine import levels, schema_validator
from signalbook.engine.levels import subschemas
from signalbook.errors import Fault
from signalbook.reading import pointers
from signalbook.reading.strict_json import shown
from signalbook.registry import naming
from signalbook.registry.lint import patterns
from signalbook.registry.lint.rule import Rule, contracts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Envelope, Registry

KEY_ORDER = (
    *(
        "$schema",
        "$id",
        "$ref",
        "title",
        "description",
        "type",
        "const",
        "enum",
        "x-known",
        "pattern",
        "format",
        "contentMediaType",
        "contentSchema",
    ),
    *("minLength", "maxLength", "minimum", "maximum", "multipleOf"),
    *("required", "properties", "propertyNames", "patternProperties", "additionalProperties"),
    *("items", "minItems", "maxItems", "uniqueItems", "allOf", "anyOf", "oneOf", "not"),
    *("x-form", "x-unit", "x-zone", "x-evidence", "x-note", "x-no-example", "examples", "definitions"),
)
_BRANCH = re.compile(r"/(allOf|anyOf|oneOf)/[0-9]+$")


def _schemas(registry: Registry) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path below the root and the content of every schema file: first contracts, then shared definitions."""
    for contract in contracts(registry):
        yield naming.schema_path(contract.of, contract.version), contract.schema
    yield from registry.shared.items()


def _nodes(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((pointers.join(path), node) for path, node in subschemas(schema))


def _dialect(registry: Registry) -> Iterator[Fault]:
    for file, schema in _schemas(registry):
        if schema.get("$schema") != levels.DIALECT:
            yield Fault(file, "/$schema", f"is {schema.get('$schema')!r}", f"write {levels.DIALECT!r}")
        if error := schema_validator.schema_error(schema):
            yield Fault(file, error[0], f"not a valid draft-07 schema: {error[1]}", "fix the keyword")
        elif why := schema_validator.refusal(registry.library.resolve(schema)):
            fix = "patterns must be regular expressions that run in linear time"
            yield Fault(file, "", f"the engine cannot use this schema: {why}", fix)


def _subset(registry: Registry) -> Iterator[Fault]:
    for file, schema in _schemas(registry):
        for pointer, node in _nodes(schema):
            for keyword in sorted(
                set(node) - set(KEY_ORDER) | (set(node) & {"$schema", "$id"} if pointer else set())
            ):
                yield Fault(
                    file,
                    f"{pointer}/{pointers.escape(keyword)}",
                    f"{keyword!r} is outside the subset",
                    "use only the keywords listed in docs/reference/schema-tree.md",
                )
            if isinstance(node.get("items"), list):
                yield Fault(
                    file,
                    f"{pointer}/items",
                    "a list of schemas means something else in 2020-12",
                    "describe all items with one schema",
                )
            if node.get("additionalProperties") is False:
                yield Fault(
                    file,
                    f"{pointer}/additionalProperties",
                    "closes the object",
                    "remove it: providers add fields, and the levels decide",
                )
            beside = set(node) - {"$ref"} if "$ref" in node else set()
            if beside:
                fix = 'write {"description": …, "allOf": [{"$ref": …}]}'
                yield Fault(
                    file, pointer, f"{', '.join(sorted(beside))} next to $ref, which draft-07 ignores", fix
                )


def _key_order(registry: Registry) -> Iterator[Fault]:
    for file, schema in _schemas(registry):
        for pointer, node in _nodes(schema):
            known = [key for key in node if key in KEY_ORDER]
            if known != sorted(known, key=KEY_ORDER.index):
                yield Fault(
                    file,
                    pointer,
                    f"the keys are in the order {', '.join(known)}",
                    f"put them in the order {', '.join(sorted(known, key=KEY_ORDER.index))}",
                )


def _patterns(registry: Registry) -> Iterator[Fault]:
    for file, schema in _schemas(registry):
        for pointer, node in _nodes(schema):
            places = [
                ("pattern", node.get("pattern")),
                *(("patternProperties", pattern) for pattern in node.get("patternProperties", {})),
            ]
            for keyword, pattern in places:
                if isinstance(pattern, str):
                    yield from (
                        Fault(file, f"{pointer}/{keyword}", message, fix)
                        for message, fix in patterns.faults(pattern)
                    )
            if "pattern" in node and "x-form" not in node:
                yield Fault(
                    file,
                    pointer,
                    "the pattern has no x-form for people to read",
                    "add x-form, for example yyyy-MM-dd HH:mm:ss",
                )
    for envelope in registry.envelopes.values():
        file = f"{naming.folder(envelope.id)}/envelope.json"
        captures = [(("key", part), rule.capture) for part, rule in envelope.key.items() if rule.capture]
        captures += [
            (("attributes", str(number)), rule.capture) for number, rule in enumerate(envelope.attributes)
        ]
        # Python runs these patterns, and its engine backtracks: no payload may be able to make one slow.
        for place, capture in captures:
            for message, fix in patterns.capture_faults(capture.pattern):
                yield Fault(file, pointers.join([*place, "capture"]), message, fix)


def _described(registry: Registry) -> Iterator[Fault]:
    for file, schema in _schemas(registry):
        for key in ("title", "description"):
            if not schema.get(key):
                yield Fault(file, "", f"has no {key}", "add it: the catalogue shows it")
        for pointer, node in _nodes(schema):
            for name, inner in node.get("properties", {}).items():
                if isinstance(inner, dict) and not inner.get("description"):
                    yield Fault(
                        file,
                        f"{pointer}/properties/{pointers.escape(name)}",
                        f"{name!r} has no description",
                        "describe what it means, with unit and time zone",
                    )


def _required(registry: Registry) -> Iterator[Fault]:
    for contract in contracts(registry):
        file = naming.schema_path(contract.of, contract.version)
        for pointer, node in _nodes(contract.resolved):
            # The branches of a composition describe part of the schema around them, so check them together with it.
            demanded = {name for layer in levels.layers(node) for name in layer.get("required", ())}
            unknown = sorted(demanded - set(levels.declared(node)))
            if unknown and not _BRANCH.search(pointer):
                yield Fault(
                    file,
                    f"{pointer}/required",
                    f"requires {', '.join(map(repr, unknown))}, which it does not describe",
                    "describe it under properties",
                )


def _annotations(registry: Registry) -> Iterator[Fault]:
    for file, schema in _schemas(registry):
        for pointer, node in _nodes(schema):
            if node.get("x-evidence", "documented") not in levels.EVIDENCE:
                yield Fault(
                    file,
                    f"{pointer}/x-evidence",
                    f"is {node['x-evidence']!r}",
                    f"use one of {', '.join(levels.EVIDENCE)}",
                )
            if levels.is_unsourced(node) and _is_in_condition(pointer):
                yield Fault(
                    file,
                    f"{pointer}/x-evidence",
                    "levels cannot take it into account inside a condition",
                    "set it at the field around the condition",
                )
            if "x-known" in node and "enum" in node:
                yield Fault(
                    file,
                    f"{pointer}/x-known",
                    "a list cannot be closed (enum) and open (x-known)",
                    "keep one of them",
                )
            if "const" in node and "type" not in node:
                yield Fault(
                    file,
                    pointer,
                    "const without type",
                    "add the type: generated models and the tolerant reading need it",
                )


def _is_in_condition(pointer: str) -> bool:
    """Return whether a pointer leads into a keyword that fails as a whole, so that nothing inside it has a weight of its own."""
    is_name = False
    for step in pointers.split(pointer):
        if step in ("not", "if", "contains", "propertyNames") and not is_name:
            return True
        is_name = not is_name and step in ("properties", "patternProperties", "definitions")
    return False


def _contradictions(registry: Registry) -> Iterator[Fault]:
    for file, schema in _schemas(registry):
        found = schema_validator.contradictions(registry.library.resolve(schema))
        # A schema that contains a contradiction is often one itself, so report only the innermost place.
        for pointer in [one for one in found if not any(other.startswith(f"{one}/") for other in found)]:
            yield Fault(
                file,
                pointer,
                "no value can satisfy this",
                "check its keywords together: type, list, form and bounds must allow some value",
            )


def _examples_in_schema(registry: Registry) -> Iterator[Fault]:
    for file, schema in _schemas(registry):
        resolved = dict(_nodes(registry.library.resolve(schema)))
        for pointer, node in _nodes(schema):
            for place, example in enumerate(node.get("examples", ())):
                if schema_validator.Checker(resolved[pointer]).problems(example):
                    message = f"the example {shown(example)} is not valid against its own schema"
                    yield Fault(file, f"{pointer}/examples/{place}", message, "fix the example or the schema")


def _shared_used(registry: Registry) -> Iterator[Fault]:
    used: set[str] = set()
    for file, schema in _schemas(registry):
        for _, node in subschemas(schema):
            if isinstance(reference := node.get("$ref"), str):
                used.add(
                    schema_validator.address(registry.base_url + file, reference)[0].removeprefix(
                        registry.base_url
                    )
                )
    for file in sorted(set(registry.shared) - used):
        yield Fault(file, "", "nothing refers to this shared definition", "refer to it, or remove it")


def _slot(registry: Registry) -> Iterator[Fault]:
    for envelope in registry.envelopes.values():
        on_the_way = (envelope.at, *(part.path for part in envelope.key.values()))
        for place in envelope.decode:
            if not any(path[: len(place)] == place for path in on_the_way):
                file = f"{naming.folder(envelope.id)}/envelope.json"
                yield Fault(
                    file,
                    "/slot/decode",
                    f"{pointers.join(place)!r} is not on the path to the slot or to a key part",
                    "use a place on the path of 'slot.at' or of a key part",
                )
        if envelope.base64 and envelope.at not in envelope.decode:
            file = f"{naming.folder(envelope.id)}/envelope.json"
            yield Fault(
                file,
                "/slot/base64",
                "the slot is not marked as JSON text",
                "add the slot to 'slot.decode', or remove it",
            )
        for contract in envelope.versions.values():
            file = naming.schema_path(envelope.id, contract.version)
            if message := _lost(contract.resolved, envelope, envelope.at, needed=True):
                yield Fault(
                    file,
                    "",
                    message,
                    "describe and require each step of 'slot.at', up to where JSON text is decoded",
                )
            for part, key in envelope.key.items():
                if message := _lost(contract.resolved, envelope, key.path, needed=False):
                    yield Fault(
                        file,
                        "",
                        f"{message} (key part {part!r})",
                        "describe each step of 'key', or fix the pointer in envelope.json",
                    )


def _lost(schema: dict[str, Any], envelope: Envelope, path: tuple[str, ...], *, needed: bool) -> str | None:
    """Return what a schema lacks on a path, or None. The schema of an envelope need not describe its slot's content or the content of JSON text."""
    node: Any = schema
    for place, step in enumerate(path):
        if path[:place] in envelope.decode or (
            path[:place] == envelope.at and step not in levels.declared(node)
        ):
            return None
        parts = list(levels.layers(node))
        if step == "*":
            inner = next((part["items"] for part in parts if isinstance(part.get("items"), dict)), None)
        else:
            inner = levels.declared(node).get(step)
            if needed and not any(step in part.get("required", ()) for part in parts):
                return f"does not require {step!r}, on the path to what the envelope carries: without it, a payload would pass unchecked"
        if inner is None:
            return f"does not describe {step!r}, on the path to {pointers.join(path)}"
        node = inner
    return None


RULES = (
    Rule("dialect", "editors, fuzzers and generators all understand this dialect", _dialect),
    Rule("subset", "a contract then means the same in every engine, in draft-07 and in 2020-12", _subset),
    Rule("key-order", "readers find the same keyword in the same place in every schema", _key_order),
    Rule(
        "patterns",
        "a pattern must mean the same in ECMA 262, Python and Rust, must not stall engines that backtrack, and must show people its form",
        _patterns,
    ),
    Rule("described", "people read these files instead of the provider's pages", _described),
    Rule(
        "required-declared",
        "a required field that the schema does not describe is probably a mistake",
        _required,
    ),
    Rule(
        "slot",
        "if the payload and its name are not where the envelope says, a payload passes without validation",
        _slot,
    ),
    Rule("contradictions", "a schema that no value satisfies rejects every payload", _contradictions),
    Rule("annotations", "x- keywords are few, and each has one meaning", _annotations),
    Rule(
        "schema-examples", "an example that does not match its schema misleads readers", _examples_in_schema
    ),
    Rule("shared-used", "an unused shared definition is dead weight", _shared_used),
)
