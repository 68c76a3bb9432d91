"""Schema + value → problems. jsonschema-rs decides and explains; jsonschema, the reference engine, gives a second opinion.

Every schema is compiled offline, with formats asserted and with patterns that run in linear time.
jsonschema-rs explains too (see `explain`), because its errors hold those of each branch; jsonschema costs 60 ms to import and is loaded only for second opinions.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin

import jsonschema_rs

from signalbook import levels, naming
from signalbook.engine.explain import Problem, explain, one_for_each_fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signalbook.levels import Schema, Slot

__all__ = ["Checker", "Library", "Problem", "Unresolved", "address", "compiled", "meta_problem", "reference_errors", "refusal", "schema_error"]

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
            found: Any = self._documents[document]
            for step in naming.tokens(pointer):
                found = found[int(step)] if isinstance(found, list) else found[step]
        except (KeyError, IndexError, TypeError, ValueError):
            raise Unresolved(reference) from None
        return found

    def resolve(self, schema: Schema) -> Schema:
        """Return the schema with every reference replaced by what it names. Raises `Unresolved`."""
        try:
            return jsonschema_rs.dereference(schema, registry=self._registry, offline=True)
        except jsonschema_rs.ReferencingError as error:
            raise Unresolved(str(error)) from None


def address(base: str, reference: str) -> tuple[str, str]:
    """Return where a reference in the document `base` leads: the URL of a document, and a JSON Pointer into it. Raises ValueError for no URL."""
    url, fragment = urldefrag(urljoin(base, reference))
    return url, unquote(fragment)


class Checker:
    """One resolved schema, compiled in its strict reading: what that accepts is free of problems at every level."""

    def __init__(self, resolved: Schema, slot: Slot = None) -> None:
        self._schema: Schema = levels.strict(resolved, slot)
        self._validator = compiled(self._schema)

    def problems(self, value: Any) -> list[Problem]:
        """Return every problem of a value, one for each fault, in the order of the value's paths."""
        if self._validator.is_valid(value):
            return []
        found = [problem for error in self._validator.iter_errors(value) for problem in explain(error, self._schema, value)]
        return one_for_each_fault(found)


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
    """Return what the reference engine says of a value: (keyword, JSON Pointer) of each error."""
    import jsonschema  # noqa: PLC0415 - 60 ms, and only lint and tests ask for it

    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    return [(str(error.validator), naming.pointer(error.absolute_path)) for error in validator.iter_errors(value)]


def schema_error(schema: Schema) -> tuple[str, str] | None:
    """Return (JSON Pointer, message) of the first thing that makes `schema` no draft-07 schema to the reference engine, or None."""
    import jsonschema  # noqa: PLC0415

    try:
        jsonschema.Draft7Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        return naming.pointer(error.absolute_path), error.message
    return None


def refusal(resolved: Schema) -> str | None:
    """Return why the deciding engine cannot use a resolved schema (a pattern that could backtrack, a schema that refers to itself), or None."""
    try:
        compiled(resolved)
    except ValueError as error:
        return str(getattr(error, "message", error))
    return None
