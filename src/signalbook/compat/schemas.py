"""Prepares a schema for comparison: determines its dialect, removes its annotations, and loads both engines that validate values."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, cast

import jsonschema_rs

from signalbook.compat.dialects import (
    ASSERTING,
    VALIDATORS,
    Unusable,
    dialect,
    endless,
    local,
    url_of,
    within,
)
from signalbook.engine import formats
from signalbook.reading import pointers

if TYPE_CHECKING:
    from collections.abc import Callable

# Every format rejects at least one of these texts.
_ODD = ("\x00 ({[<%", "", "1")
_UNASSERTED = ("contentEncoding", "contentMediaType", "contentSchema")


class Subject:
    """One side of a comparison. `beside` is the other side, whose dialect applies to a schema that names none.

    Raises `Unusable` for a schema that is not valid in its dialect, or that refers to something outside itself.
    """

    def __init__(self, schema: Any, beside: Any = None) -> None:
        if not isinstance(schema, dict | bool):
            raise Unusable("a schema is an object, or true or false")
        self.draft = dialect(schema, beside)
        self._written = schema
        if (reference := endless(schema)) is not None:
            raise Unusable(
                f"{reference} refers to itself without a step into the value, which no value can satisfy or fail"
            )
        self.schema: Any = _rooted(_bare(schema, self.draft))
        try:
            self.canonical = jsonschema_rs.canonicalize(self.schema, draft=self.draft, offline=True)
            self._validator = VALIDATORS[self.draft](
                self.schema, validate_formats=self.asserts_formats, offline=True
            )
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            raise Unusable(_reason(error)) from None

    @property
    def unmodelled(self) -> str | None:
        """Keywords of the schema that have no canonical form, or None. Nothing can be proved about a schema that has some."""
        view = self.canonical.view()
        return (
            f"the keywords at {view.pointer or 'its root'}"
            if isinstance(view, jsonschema_rs.canonical.RawView)
            else None
        )

    @property
    def is_draft_07(self) -> bool:
        """Whether the schema is read as draft-07."""
        return self.draft == jsonschema_rs.Draft7

    @property
    def asserts_formats(self) -> bool:
        """Whether `format` is validated: in draft-07 and earlier."""
        return self.draft in ASSERTING

    @cached_property
    def _reference(self) -> Callable[[Any], bool]:
        import jsonschema  # noqa: PLC0415 - takes 60 ms, and only comparisons and second opinions need it

        kind = jsonschema.validators.validator_for({"$schema": url_of(self.draft)})
        checker = jsonschema.FormatChecker(formats=())
        checker.checkers = {
            name: check
            for name, check in formats.checker(kind).checkers.items()
            if _checked(name, self.draft)
        }
        # Validate against the schema as written, not as prepared, so that an error in the preparation shows.
        return cast(
            "Callable[[Any], bool]",
            kind(
                self._written, registry=jsonschema.validators.SPECIFICATIONS, format_checker=checker
            ).is_valid,
        )

    def decides(self, value: Any) -> bool:
        """Return whether the deciding engine accepts a value."""
        return bool(self._validator.is_valid(self._read(value)))

    def _read(self, value: Any) -> Any:
        """Return a value as this dialect must see it: in draft-04 1.0 is not an integer, but in sets of numbers 1 and 1.0 are equal."""
        return _whole(value) if self.draft == jsonschema_rs.Draft4 else value

    def objection(self, value: Any) -> str:
        """Return where and why the deciding engine rejects a value: "at /state: …"; empty if it accepts it."""
        error = next(iter(self._validator.iter_errors(self._read(value))), None)
        return f"at {pointers.join(error.instance_path) or 'its root'}: {error.message}" if error else ""

    def accepts(self, value: Any) -> bool | None:
        """Return True if both engines accept a value, False if both reject it, None if they disagree or the reference engine cannot tell."""
        first = self.decides(value)
        try:
            second = self._reference(self._read(value))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 - a pattern unknown to Python, a panic in a Rust library: none of them is an answer
            return None
        return first if first == second else None


def load_reference() -> None:
    """Import the reference engine ahead of time, before a time limit applies."""
    import jsonschema  # noqa: F401, PLC0415 - as above


def _reason(error: Exception) -> str:
    if isinstance(error, jsonschema_rs.ValidationError):
        return f"at {pointers.join(error.instance_path) or 'its root'}: {error.message}"
    return str(error)


def _bare(schema: Any, draft: int) -> Any:
    """Return a schema without what only one of the engines validates: the content of strings and, by dialect, some formats."""
    if not isinstance(schema, dict):
        return schema
    out = {keyword: value for keyword, value in schema.items() if keyword not in _UNASSERTED}
    if "format" in out and not (isinstance(out["format"], str) and _checked(out["format"], draft)):
        del out["format"]
    return within(out, lambda inner: _bare(inner, draft))


@cache
def _checked(name: str, draft: int) -> bool:
    if draft not in ASSERTING:
        return False
    import jsonschema  # noqa: PLC0415

    reference = formats.checker(jsonschema.validators.validator_for({"$schema": url_of(draft)}))
    first = VALIDATORS[draft]({"format": name}, validate_formats=True)
    return any(not first.is_valid(text) for text in _ODD) and any(
        not reference.conforms(text, name) for text in _ODD
    )


def _whole(value: Any) -> Any:
    match value:
        case dict():
            return {name: _whole(inner) for name, inner in value.items()}
        case list():
            return [_whole(inner) for inner in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _rooted(schema: Any) -> Any:
    """Return a schema in which `$ref: "#"` points to a definition, because schemas that refer to their whole document cannot be compared."""
    if not isinstance(schema, dict) or not _names_root(schema):
        return schema
    url = {"$schema": schema["$schema"]} if "$schema" in schema else {}
    inner = {keyword: value for keyword, value in schema.items() if keyword not in ("$schema", "$id", "id")}
    return {**url, "$ref": "#/definitions/whole", "definitions": {"whole": _moved(inner)}}


def _names_root(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    found: list[bool] = [schema.get("$ref") == "#"]
    within(schema, lambda inner: found.append(_names_root(inner)))
    return any(found)


def _moved(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    out = within(schema, _moved)
    reference = local(schema)
    # An anchor (`#name`) keeps its meaning wherever its schema is.
    moves = reference is not None and reference[1:2] in ("", "/")
    return {**out, "$ref": f"#/definitions/whole{reference[1:]}"} if reference is not None and moves else out


def decider(node: jsonschema_rs.CanonicalSchema) -> Callable[[Any], bool]:
    """Return the deciding engine's validation function for one node of a schema."""
    return VALIDATORS[node.draft](
        cast("dict[str, Any]", node.to_json_schema()), validate_formats=True, offline=True
    ).is_valid


def aligned(
    one: Subject, other: Subject
) -> tuple[jsonschema_rs.CanonicalSchema, jsonschema_rs.CanonicalSchema]:
    """Return the canonical forms of two schemas in one dialect: their own if they share it, else the newest, which can express the others."""
    if (
        one.draft == other.draft != jsonschema_rs.Draft4
    ):  # in draft-04 1.0 is not an integer: see `Subject._read`
        return one.canonical, other.canonical
    return _newest(one), _newest(other)


def _newest(subject: Subject) -> jsonschema_rs.CanonicalSchema:
    schema = _upgraded(subject.canonical.to_json_schema())
    # Both sides must agree on whether formats are validated; where they are not, none is left in the schema.
    return jsonschema_rs.canonicalize(
        schema, draft=jsonschema_rs.Draft202012, validate_formats=True, offline=True
    )


def _upgraded(schema: Any) -> Any:
    """Return a canonical schema of an older dialect in the syntax of the newest one."""
    if not isinstance(schema, dict):
        return schema
    out = within({keyword: value for keyword, value in schema.items() if keyword != "$schema"}, _upgraded)
    if isinstance(out.get("items"), list):
        out["prefixItems"] = out.pop("items")
        if "additionalItems" in out:
            out["items"] = out.pop("additionalItems")
    for exclusive, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if out.get(exclusive) is True and limit in out:
            out[exclusive] = out.pop(limit)
        elif isinstance(out.get(exclusive), bool):
            del out[exclusive]
    return out
