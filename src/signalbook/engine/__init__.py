"""Schema + value → problems. jsonschema-rs decides and explains; jsonschema, the reference engine, gives a second opinion.

Every schema is compiled offline, with formats asserted and with patterns that run in linear time.
jsonschema-rs explains too (see `explain`), because its errors hold those of each branch; jsonschema costs 60 ms to import and is loaded only for second opinions.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin

import jsonschema_rs

from signalbook import levels, naming
from signalbook.engine import content
from signalbook.jsontext import NotJSON, loads_text, opened, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signalbook.engine.problem import Problem
    from signalbook.levels import Schema, Slot

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
_NO_BASE = "json-schema:///"  # what the engine takes the references of a schema without an `$id` to be relative to
_TYPES = "string, number, integer, boolean, object, array, null"


class Unresolved(Exception):
    """A `$ref` that leads nowhere; the text says which."""


class Library:
    """The documents of a tree by their `$id`, so that references between them resolve. Nothing is ever fetched."""

    def __init__(self, documents: Mapping[str, Schema]) -> None:
        self._documents = documents

    def __contains__(self, url: str) -> bool:
        return url in self._documents

    def document(self, url: str) -> Schema:
        """Return the document of an `$id`, as it was written. Raises KeyError for one there is not."""
        return self._documents[url]

    def look_up(self, base: str, reference: str) -> Any:
        """Return what a reference in the document `base` names, with its keys in the order they were written. Raises `Unresolved`.

        jsonschema-rs could look it up too, but it returns the keys sorted, and people read fields in the order of the file.
        """
        from signalbook.engine import paths  # noqa: PLC0415 - to decide on a payload it is not needed

        try:
            document, pointer = address(base, reference)
            return paths.pointed(self._documents[document], pointer)
        except (LookupError, ValueError):
            raise Unresolved(reference) from None

    def resolve(self, schema: Schema) -> Schema:
        """Return the schema with every reference replaced by what it names. Raises `Unresolved`."""
        needed = self._needed(schema, {})
        if "$ref" in schema and (base := schema.get("$id")):
            # Beside a reference draft-07 ignores the $id, and the reference would be relative to nothing: refer to the document by where it stands.
            needed[base], schema = schema, {"$ref": base}
        has_content = any("contentSchema" in node for document in (schema, *needed.values()) for _, node in levels.subschemas(document))
        if has_content:
            schema, needed = content.aside(schema), {url: content.aside(document) for url, document in needed.items()}
        registry = jsonschema_rs.Registry(list(needed.items()), draft=jsonschema_rs.Draft7)
        try:
            resolved = jsonschema_rs.dereference(schema, registry=registry, draft=jsonschema_rs.Draft7, offline=True)
            return content.restored(resolved) if has_content else resolved
        except (jsonschema_rs.ReferencingError, ValueError) as error:
            raise Unresolved(str(error)) from None

    def _needed(self, schema: Schema, found: dict[str, Schema]) -> dict[str, Schema]:
        """Return the documents that a schema refers to, and that those refer to: the engine is not to read all that there are for one."""
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
    """Return where a reference in the document `base` leads: the URL of a document, and a JSON Pointer into it. Raises ValueError for no URL."""
    url, fragment = urldefrag(urljoin(base, reference))
    return url, unquote(fragment)


class Checker:
    """One resolved schema, compiled in its strict reading, `schema`: what that accepts is free of problems at every level.

    `inside` are the ways to strings that hold JSON text, and the checkers of that.
    """

    def __init__(self, resolved: Schema, slot: Slot = None) -> None:
        self.schema: Schema = levels.strict(resolved, slot)
        self._validator = compiled(self.schema)
        self.decides: Callable[[Any], bool] = self._validator.is_valid
        """Whether a value has no problem, the JSON text in its strings left out. The engine's own function, because streams call it."""
        self.inside = [(way, Checker(inner, levels.rest(slot, way))) for way, inner in content.places(resolved)]

    def accepts(self, value: Any) -> bool:
        """Return whether a value has no problem at all: what `problems` finds nothing in."""
        return self.decides(value) and all(_accepts_text(inner, text) for way, inner in self.inside for _, text in content.texts(value, way))

    @cached_property
    def structural(self) -> Checker:
        """What asks only for the structure of a value: which fields there are, and their types. What it accepts has no problem that is `structural`."""
        return Checker(levels.structure(self.schema), ())

    def problems(self, value: Any) -> list[Problem]:
        """Return every problem of a value, and of the JSON text in its strings, one for each fault, in the order of the value's paths."""
        found = [problem for way, inner in self.inside for problem in _in_texts(value, way, inner)]
        if self.decides(value) and not found:
            return []
        from signalbook.engine.explain import one_for_each_fault  # noqa: PLC0415 - most values have nothing to explain
        from signalbook.engine.flood import told  # noqa: PLC0415

        found += told(self._validator.iter_errors(value), self.schema, value)
        return one_for_each_fault(found)


def _accepts_text(inner: Checker, text: str) -> bool:
    found = opened(text)
    try:
        return inner.accepts(loads_text(text) if found is text else found)
    except NotJSON:
        return False


def _in_texts(value: Any, way: tuple[str, ...], inner: Checker) -> Iterator[Problem]:
    for path, text in content.texts(value, way):
        try:
            found = opened(text)
            yield from (problem.below(path) for problem in inner.problems(loads_text(text) if found is text else found))
        except NotJSON as error:
            from signalbook.engine.problem import Problem  # noqa: PLC0415 - see above

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

    from signalbook.engine import formats  # noqa: PLC0415

    # Its own registry would fetch what a reference names.
    registry = jsonschema.validators.SPECIFICATIONS
    validator = jsonschema.Draft7Validator(schema, registry=registry, format_checker=formats.checker(jsonschema.Draft7Validator))
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
