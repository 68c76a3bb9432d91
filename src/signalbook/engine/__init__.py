"""Schema + value → problems. jsonschema-rs decides and explains; jsonschema, the reference engine, gives a second opinion.

Every schema is compiled offline, with formats asserted and with patterns that run in linear time.
jsonschema-rs explains too (see `explain`), because its errors hold those of each branch; jsonschema costs 60 ms to import and is loaded only for second opinions.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin

import jsonschema_rs

from signalbook import levels, naming
from signalbook.engine import content, paths
from signalbook.engine.explain import Problem, explain, one_for_each_fault
from signalbook.jsontext import NotJSON, loads_text, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.levels import Schema, Slot

__all__ = [
    "Checker",
    "Library",
    "Problem",
    "Unresolved",
    "address",
    "compiled",
    "contradictions",
    "meta_problem",
    "reference_errors",
    "refusal",
    "schema_error",
]

_PATTERNS = jsonschema_rs.RegexOptions()
_TYPES = "string, number, integer, boolean, object, array, null"


class Unresolved(Exception):
    """A `$ref` that leads nowhere; the text says which."""


class Library:
    """The documents of a tree by their `$id`, so that references between them resolve. Nothing is ever fetched."""

    def __init__(self, documents: Mapping[str, Schema]) -> None:
        self._documents = documents

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        # Made late, because it refuses a tree with a reference that leads nowhere, and `look_up` is what finds those.
        return jsonschema_rs.Registry(list(self._documents.items()), draft=jsonschema_rs.Draft7)

    def look_up(self, base: str, reference: str) -> Any:
        """Return what a reference in the document `base` names, with its keys in the order they were written. Raises `Unresolved`.

        jsonschema-rs could look it up too, but it returns the keys sorted, and people read fields in the order of the file.
        """
        try:
            document, pointer = address(base, reference)
            return paths.pointed(self._documents[document], pointer)
        except (LookupError, ValueError):
            raise Unresolved(reference) from None

    def resolve(self, schema: Schema) -> Schema:
        """Return the schema with every reference replaced by what it names. Raises `Unresolved`."""
        try:
            return jsonschema_rs.dereference(schema, registry=self._registry, offline=True)
        except jsonschema_rs.ReferencingError as error:
            raise Unresolved(str(error)) from None


@cache
def address(base: str, reference: str) -> tuple[str, str]:
    """Return where a reference in the document `base` leads: the URL of a document, and a JSON Pointer into it. Raises ValueError for no URL."""
    url, fragment = urldefrag(urljoin(base, reference))
    return url, unquote(fragment)


class Checker:
    """One resolved schema, compiled in its strict reading: what that accepts is free of problems at every level."""

    def __init__(self, resolved: Schema, slot: Slot = None) -> None:
        self._schema: Schema = levels.strict(resolved, slot)
        self._validator = compiled(self._schema)
        self._inside = [(way, Checker(inner, levels.rest(slot, way))) for way, inner in content.places(resolved)]

    def problems(self, value: Any) -> list[Problem]:
        """Return every problem of a value, and of the JSON text in its strings, one for each fault, in the order of the value's paths."""
        found = [problem for way, inner in self._inside for problem in _in_texts(value, way, inner)]
        if not self._validator.is_valid(value):
            found += [problem for error in self._validator.iter_errors(value) for problem in explain(error, self._schema, value)]
        return one_for_each_fault(found) if found else []


def _in_texts(value: Any, way: tuple[str, ...], inner: Checker) -> Iterator[Problem]:
    for path, text in content.texts(value, way):
        try:
            yield from (replace(problem, path=(*path, *problem.path)) for problem in inner.problems(loads_text(text)))
        except NotJSON as error:
            message = f"must hold JSON text, and does not: {error}"
            yield Problem("json-text", "guarantee", path, message, None, "a string with JSON text", shown(text), error.hint)


def compiled(schema: Schema) -> jsonschema_rs.Validator:
    """Return a draft-07 validator that asserts formats, never fetches, and whose patterns cannot backtrack. Raises ValueError for a broken schema."""
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True, pattern_options=_PATTERNS, offline=True)


def meta_problem(schema: Schema) -> tuple[tuple[str | int, ...], str] | None:
    """Return the place and the text of the first thing that makes `schema` no draft-07 schema, or None. Fast enough for every start."""
    try:
        jsonschema_rs.meta.validate({**schema, "$schema": levels.DIALECT})
    except jsonschema_rs.ValidationError as error:
        path = tuple(error.instance_path)
        # The engine's own words for a type that is none speak of alternatives and keywords.
        return path, f"{error.instance!r} is none of {_TYPES}" if path[-1:] == ("type",) else error.message
    return None


def reference_errors(schema: Schema, value: Any) -> list[tuple[str, str]]:
    """Return what the reference engine says of a value, and of the JSON text in its strings: (keyword, JSON Pointer) of each error."""
    import jsonschema  # noqa: PLC0415 - 60 ms, and only lint and tests ask for it

    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    found = [(str(error.validator), naming.pointer(error.absolute_path)) for error in validator.iter_errors(value)]
    for way, inner in content.places(schema):
        for path, text in content.texts(value, way):
            try:
                found += [(keyword, naming.pointer(path) + pointer) for keyword, pointer in reference_errors(inner, loads_text(text))]
            except NotJSON:
                found.append(("json-text", naming.pointer(path)))
    return found


def schema_error(schema: Schema) -> tuple[str, str] | None:
    """Return (JSON Pointer, message) of the first thing that makes `schema` no draft-07 schema to the reference engine, or None."""
    import jsonschema  # noqa: PLC0415

    try:
        jsonschema.Draft7Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        return naming.pointer(error.absolute_path), error.message
    return None


def contradictions(resolved: Schema) -> list[str]:
    """Return the JSON Pointers of what no value can satisfy in a resolved schema, as far as the deciding engine can prove it.

    A literal `false` is meant, and not among them; of a schema that the engine cannot use nothing is said.
    """
    canonical = jsonschema_rs.canonical
    try:
        found = canonical.find_unsatisfiable(resolved, draft=jsonschema_rs.Draft7, validate_formats=True, pattern_options=_PATTERNS)
    except canonical.CanonicalizationError:
        return []
    return sorted(pointer for pointer, reason in found.items() if not isinstance(reason, canonical.UnsatisfiableReason.Literal))


def refusal(resolved: Schema) -> str | None:
    """Return why the deciding engine cannot use a resolved schema (a pattern that could backtrack, a schema that refers to itself), or None."""
    try:
        compiled(resolved)
    except ValueError as error:
        return str(getattr(error, "message", error))
    return None
