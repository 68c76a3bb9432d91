"""Generates single faults: each breaks one place that a contract describes, and says where and by which rules it must be found.

Nothing here calls a validation engine. A fault is left out as *equivalent* only if the contract names the value that it produces: null or a text
in a list of types, or values that an envelope masks.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from signalbook.envelopes.opened import UNIDENTIFIED
from signalbook.reading import pointers, strict_json
from signalbook.testing.changes import Change, pointed, renaming, without
from signalbook.testing.places import is_telling
from signalbook.testing.text_trees import Raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.envelopes.opener import Opened
    from signalbook.testing.places import Place
    from signalbook.testing.text_trees import Path
    from signalbook.validation.findings import Finding, Verdict

TYPES = {"string": "text", "integer": 7, "boolean": True, "array": [], "object": {}}
FORM = ("pattern", "format", "anyOf", "oneOf", "minimum", "maximum", "type", "json-text")
WRONG = ("type", "anyOf", "oneOf", "enum", "const", "unlisted-value", "json-text")
UNCHECKED_WHERE_MASKED = ("form", "date", "list", "constant")


def faults(places: list[Place], opened: tuple[Opened, ...]) -> Iterator[Change]:
    """Yield every single fault of an opened payload with the given places."""
    bodies = {one.path for one in opened}  # the envelope describes that a body is present, and its type
    for place in places:
        for fault in (*(() if place.path in bodies else _of_value(place)), *_of_keys(place, opened)):
            if not (place.masked and fault.kind in UNCHECKED_WHERE_MASKED):
                yield fault


def _fault(place: Place, kind: str, apply: Callable[[Any], Any], rules: tuple[str, ...], what: str) -> Change:
    return Change(
        kind,
        place.path,
        apply,
        f"{pointed(place.path)} {what}",
        rules,
        None,
        place.contract.of,
        place.telling,
    )


def _of_value(place: Place) -> Iterator[Change]:
    value, types = place.value, place.types
    if not place.path:
        return
    name, wrong = next(
        (name, other)
        for name, other in TYPES.items()
        if name not in types and not (name == "integer" and "number" in types)
    )
    yield _fault(place, "type", lambda _: Raw(wrong), WRONG, f"is of another type: {name}")
    if value is not None and "null" not in types:
        yield _fault(place, "null", lambda _: None, WRONG, "is null")
    if isinstance(value, (dict, list)) and "string" not in types:
        yield _fault(place, "text", json.dumps, WRONG, "is JSON text in a string, and should be none")
    if (
        isinstance(value, str)
        and strict_json.unfolded(value) is not value
        and not types & {"object", "array"}
    ):
        yield _fault(
            place,
            "object",
            lambda old: Raw(strict_json.unfolded(old)),
            WRONG,
            "is no string, but what its JSON text says",
        )
    yield from _of_form(place)


def _of_form(place: Place) -> Iterator[Change]:
    value, keywords = place.value, place.keywords
    if isinstance(value, str) and keywords & {"pattern", "format"}:
        yield _fault(place, "form", lambda old: f"! {old}", FORM, "does not have its form")
        if (
            re.match(r"[0-9]{4}[-/]?[0-9]{2}", value)
            and not value.isdigit()
            and any("yyyy" in schema.get("x-form", "") for schema in place.schemas)
        ):
            yield _fault(
                place,
                "date",
                lambda old: re.sub(r"^([0-9]{4}[-/]?)[0-9]{2}", r"\g<1>13", old),
                FORM,
                "is of a thirteenth month",
            )
    if isinstance(value, int) and not isinstance(value, bool) and "minimum" in keywords:
        yield _fault(place, "date", lambda old: -old - 1, FORM, "is below zero")
    if isinstance(value, str) and "const" in keywords:
        yield _fault(
            place, "constant", lambda old: f"{old}x", ("const", "general-contract"), f"is not {value!r}"
        )
    elif isinstance(value, str) and keywords & {"enum", "x-known"}:
        yield _fault(
            place,
            "list",
            lambda old: f"{old}x",
            ("enum", "unlisted-value", "anyOf", "pattern"),
            "is none of the listed values",
        )


def _of_keys(place: Place, opened: tuple[Opened, ...]) -> Iterator[Change]:
    if not isinstance(place.value, dict):
        return
    known = {name for schema in place.schemas for name in schema.get("properties", ())}
    for name in place.value:
        if name in place.required:
            telling = place.telling or is_telling(opened, (*place.path, name))
            why = f"{pointed(place.path, name)} is missing"
            yield Change(
                "missing", place.path, without(name), why, ("required",), name, place.contract.of, telling
            )
        if name in known:
            typo = (
                f"{name[:-2]}{name[-1]}{name[-2]}" if len(name) > 1 and name[-1] != name[-2] else f"{name}x"
            )
            rules, field = (("required",), name) if name in place.required else (("unknown-field",), typo)
            why = f"{pointed(place.path, name)} is spelt {typo!r}"
            yield Change(
                "key", place.path, renaming(name, typo), why, rules, field, place.contract.of, place.telling
            )


def is_found(
    path: Path, rules: tuple[str, ...], field: str | None, verdict: Verdict, *, telling: bool
) -> bool:
    """Return whether a verdict reports a fault at its place, or points out a telling place in a payload that it cannot identify."""
    if any(_finds(path, rules, field, finding) for finding in verdict.findings if finding.severity != "note"):
        return True
    name = field or str(path[-1])
    return telling and any(_points_out(path, name, finding) for finding in verdict.errors)


def _finds(path: Path, rules: tuple[str, ...], field: str | None, finding: Finding) -> bool:
    if finding.rule not in rules:
        return False
    if rules == ("unknown-field",):
        return finding.pointer == pointers.join((*path, str(field))) and finding.field == field
    return finding.pointer == pointers.join(path) and finding.field == field


def _points_out(path: Path, name: str, finding: Finding) -> bool:
    told = name in f"{finding.message} {finding.hint or ''}"
    if finding.rule not in UNIDENTIFIED:
        return finding.rule == "required" and told and finding.pointer == pointers.join(path)
    return told or finding.pointer in {pointers.join(path), pointers.join(path[:-1])}
