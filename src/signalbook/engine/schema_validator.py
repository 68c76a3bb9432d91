"""Validate values against schemas with jsonschema-rs; jsonschema, the reference implementation, gives a second opinion.

Every schema is compiled offline, with formats asserted and with patterns that match in linear time. jsonschema-rs also supplies the explanations
(see `messages`), because its errors include those of each branch. jsonschema takes 60 ms to import and is loaded only for second opinions.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin

import jsonschema_rs

from signalbook.engine import embedded_json, levels
from signalbook.reading import pointers
from signalbook.reading.json_text import NotJSON
from signalbook.reading.strict_json import loads_text, opened, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signalbook.engine.levels import Schema, Slot
    from signalbook.engine.problems import Problem

__all__ = [
    "Checker",
    "Library",
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
_NO_BASE = "json-schema:///"  # base URL that jsonschema-rs assumes for a schema without an `$id`
_TYPES = "string, number, integer, boolean, object, array, null"


class Unresolved(Exception):
    """A `$ref` cannot be resolved; the message names it."""


class Library:
    """The documents of a schema tree by `$id`, to resolve references between them. Nothing is ever fetched."""

    def __init__(self, documents: Mapping[str, Schema]) -> None:
        self._documents = documents

    def __contains__(self, url: str) -> bool:
        return url in self._documents

    def document(self, url: str) -> Schema:
        """Return the document with an `$id`, as written. Raises KeyError if there is none."""
        return self._documents[url]

    def look_up(self, base: str, reference: str) -> Any:
        """Return what a reference in the document `base` refers to, with keys in the order of the file. Raises `Unresolved`.

        jsonschema-rs could do the lookup too, but it returns the keys sorted, and people read fields in the order of the file.
        """
        from signalbook.engine import problems  # noqa: PLC0415 - not needed to validate a payload

        try:
            document, pointer = address(base, reference)
            return problems.pointed(self._documents[document], pointer)
        except (LookupError, ValueError):
            raise Unresolved(reference) from None

    def resolve(self, schema: Schema) -> Schema:
        """Return the schema with all references resolved. Raises `Unresolved`."""
        needed = self._needed(schema, {})
        if "$ref" in schema and (base := schema.get("$id")):
            # Draft-07 ignores an $id next to a $ref, so the reference would have no base: refer to the document by its URL instead.
            needed[base], schema = schema, {"$ref": base}
        has_content = any(
            "contentSchema" in node
            for document in (schema, *needed.values())
            for _, node in levels.subschemas(document)
        )
        if has_content:
            schema, needed = (
                embedded_json.aside(schema),
                {url: embedded_json.aside(document) for url, document in needed.items()},
            )
        registry = jsonschema_rs.Registry(list(needed.items()), draft=jsonschema_rs.Draft7)
        try:
            resolved = jsonschema_rs.dereference(
                schema, registry=registry, draft=jsonschema_rs.Draft7, offline=True
            )
            return embedded_json.restored(resolved) if has_content else resolved
        except (jsonschema_rs.ReferencingError, ValueError) as error:
            raise Unresolved(str(error)) from None

    def _needed(self, schema: Schema, found: dict[str, Schema]) -> dict[str, Schema]:
        """Return the documents that a schema refers to, transitively, so that jsonschema-rs does not read all documents."""
        base = schema.get("$id")
        for _, node in levels.subschemas(schema):
            reference = node.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                try:
                    url = address(base, reference)[0] if base else _NO_BASE + reference.partition("#")[0]
                    if url not in found and (document := self._documents[url]):
                        found[url] = document
                        self._needed(document, found)
                except (LookupError, ValueError):
                    raise Unresolved(reference) from None
        return found


@cache
def address(base: str, reference: str) -> tuple[str, str]:
    """Return the target of a reference in the document `base`: a URL and a JSON Pointer. Raises ValueError for an invalid URL."""
    url, fragment = urldefrag(urljoin(base, reference))
    return url, unquote(fragment)


class Checker:
    """One resolved schema, compiled as its strict variant `schema`: what it accepts has no problems at any level.

    `inside` holds the paths to strings with JSON text, and the checkers for that text.
    """

    def __init__(self, resolved: Schema, slot: Slot = None) -> None:
        self.schema: Schema = levels.strict(resolved, slot)
        self._validator = compiled(self.schema)
        self.decides: Callable[[Any], bool] = self._validator.is_valid
        """Return whether a value is valid, ignoring JSON text in its strings. The function of jsonschema-rs itself, for speed in streams."""
        self.inside = [
            (way, Checker(inner, levels.rest(slot, way))) for way, inner in embedded_json.places(resolved)
        ]

    def accepts(self, value: Any) -> bool:
        """Return whether a value has no problems, that is, whether `problems` returns an empty list."""
        return self.decides(value) and all(
            _accepts_text(inner, text)
            for way, inner in self.inside
            for _, text in embedded_json.texts(value, way)
        )

    @cached_property
    def structural(self) -> Checker:
        """The checker for the structure of a value only: which fields exist, and their types.

        What it accepts has no problem that is `structural`.
        """
        return Checker(levels.structure(self.schema), ())

    def problems(self, value: Any) -> list[Problem]:
        """Return the problems of a value and of the JSON text in its strings, one per fault, in the order of their paths."""
        found = [problem for way, inner in self.inside for problem in _in_texts(value, way, inner)]
        if self.decides(value) and not found:
            return []
        # Imported here because most values have no problems.
        from signalbook.engine.messages import one_for_each_fault, told  # noqa: PLC0415

        found += told(self._validator.iter_errors(value), self.schema, value)
        return one_for_each_fault(found)


def _accepts_text(inner: Checker, text: str) -> bool:
    found = opened(text)
    try:
        return inner.accepts(loads_text(text) if found is text else found)
    except NotJSON:
        return False


def _in_texts(value: Any, way: tuple[str, ...], inner: Checker) -> Iterator[Problem]:
    for path, text in embedded_json.texts(value, way):
        try:
            found = opened(text)
            yield from (
                problem.below(path)
                for problem in inner.problems(loads_text(text) if found is text else found)
            )
        except NotJSON as error:
            from signalbook.engine.problems import Problem  # noqa: PLC0415 - see above

            message = f"must contain JSON text: {error}"
            yield Problem(
                "json-text",
                "guarantee",
                path,
                message,
                None,
                "a string with JSON text",
                shown(text),
                error.hint,
            )


def compiled(schema: Schema) -> jsonschema_rs.Validator:
    """Return a draft-07 validator that asserts formats, never fetches, and uses patterns that cannot backtrack.

    Raises ValueError for an invalid schema.
    """
    return jsonschema_rs.Draft7Validator(
        schema, validate_formats=True, pattern_options=_PATTERNS, offline=True
    )


def meta_problem(schema: Schema) -> tuple[tuple[str | int, ...], str] | None:
    """Return path and message of the first error that makes `schema` an invalid draft-07 schema, or None. Fast enough to run at every start."""
    try:
        jsonschema_rs.meta.validate({**schema, "$schema": levels.DIALECT})
    except jsonschema_rs.ValidationError as error:
        path = tuple(error.instance_path)
        # For an invalid type, the message of jsonschema-rs mentions only alternatives and keywords.
        return path, f"{error.instance!r} is none of {_TYPES}" if path[-1:] == ("type",) else error.message
    return None


def reference_errors(schema: Schema, value: Any) -> list[tuple[str, str]]:
    """Return the errors of jsonschema for a value and the JSON text in its strings, as pairs of keyword and JSON Pointer."""
    import jsonschema  # noqa: PLC0415 - takes 60 ms, and only lint and tests need it

    from signalbook.engine import formats  # noqa: PLC0415

    # The default registry of jsonschema would fetch references.
    registry = jsonschema.validators.SPECIFICATIONS
    validator = jsonschema.Draft7Validator(
        schema, registry=registry, format_checker=formats.checker(jsonschema.Draft7Validator)
    )
    found = [
        (str(error.validator), pointers.join(error.absolute_path)) for error in validator.iter_errors(value)
    ]
    for way, inner in embedded_json.places(schema):
        for path, text in embedded_json.texts(value, way):
            try:
                found += [
                    (keyword, pointers.join(path) + pointer)
                    for keyword, pointer in reference_errors(inner, loads_text(text))
                ]
            except NotJSON:
                found.append(("json-text", pointers.join(path)))
    return found


def schema_error(schema: Schema) -> tuple[str, str] | None:
    """Return JSON Pointer and message of the first error that makes `schema` an invalid draft-07 schema for jsonschema, or None."""
    import jsonschema  # noqa: PLC0415

    try:
        jsonschema.Draft7Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        return pointers.join(error.absolute_path), error.message
    return None


def contradictions(resolved: Schema) -> list[str]:
    """Return the JSON Pointers of subschemas that no value can satisfy, as far as jsonschema-rs can prove it.

    Excludes a literal `false`, which is intended. Returns nothing for a schema that jsonschema-rs cannot use.
    """
    canonical = jsonschema_rs.canonical
    try:
        found = canonical.find_unsatisfiable(
            resolved, draft=jsonschema_rs.Draft7, validate_formats=True, pattern_options=_PATTERNS
        )
    except canonical.CanonicalizationError:
        return []
    return sorted(
        pointer
        for pointer, reason in found.items()
        if not isinstance(reason, canonical.UnsatisfiableReason.Literal)
    )


def refusal(resolved: Schema) -> str | None:
    """Return why jsonschema-rs cannot use a resolved schema (a pattern that could backtrack, a recursive schema), or None."""
    try:
        compiled(resolved)
    except ValueError as error:
        return str(getattr(error, "message", error))
    return None
