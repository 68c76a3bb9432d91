"""A schema made ready to be compared: its dialect known, its annotations gone, and both engines at hand to say whether it accepts a value."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, cast

import jsonschema_rs

from signalbook import naming
from signalbook.engine import formats
from signalbook.engine.compare.dialects import ASSERTING, VALIDATORS, Unusable, dialect, endless, local, url_of, within

if TYPE_CHECKING:
    from collections.abc import Callable

# Texts of which every format refuses one.
_ODD = ("\x00 ({[<%", "", "1")
_UNASSERTED = ("contentEncoding", "contentMediaType", "contentSchema")


class Subject:
    """One side of a comparison. `beside` is the other side, which may tell the dialect of one that names none.

    Raises `Unusable` for what is no schema of its dialect, or refers to what is not in it.
    """

    def __init__(self, schema: Any, beside: Any = None) -> None:
        if not isinstance(schema, dict | bool):
            raise Unusable("a schema is an object, or true or false")
        self.draft = dialect(schema, beside)
        self._written = schema
        if (reference := endless(schema)) is not None:
            raise Unusable(f"{reference} refers to itself without a step into the value, which no value can satisfy or fail")
        self.schema: Any = _rooted(_bare(schema, self.draft))
        try:
            self.canonical = jsonschema_rs.canonicalize(self.schema, draft=self.draft, offline=True)
            self._validator = VALIDATORS[self.draft](self.schema, validate_formats=self.asserts_formats, offline=True)
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            raise Unusable(_reason(error)) from None

    @property
    def unmodelled(self) -> str | None:
        """What of the schema has no canonical form, if something has none: then nothing can be proved of it."""
        view = self.canonical.view()
        return f"the keywords at {view.pointer or 'its root'}" if isinstance(view, jsonschema_rs.canonical.RawView) else None

    @property
    def is_draft_07(self) -> bool:
        """Whether the schema is read as draft-07."""
        return self.draft == jsonschema_rs.Draft7

    @property
    def asserts_formats(self) -> bool:
        """Whether `format` is checked: in draft-07 and before."""
        return self.draft in ASSERTING

    @cached_property
    def _reference(self) -> Callable[[Any], bool]:
        import jsonschema  # noqa: PLC0415 - 60 ms, and only who compares or asks for a second opinion needs it

        kind = jsonschema.validators.validator_for({"$schema": url_of(self.draft)})
        checker = jsonschema.FormatChecker(formats=())
        checker.checkers = {name: check for name, check in formats.checker(kind).checkers.items() if _checked(name, self.draft)}
        # The schema as it was written, not as it was made ready: what is wrong with that would show.
        return cast("Callable[[Any], bool]", kind(self._written, registry=jsonschema.validators.SPECIFICATIONS, format_checker=checker).is_valid)

    def decides(self, value: Any) -> bool:
        """Whether the deciding engine accepts a value."""
        return bool(self._validator.is_valid(self._read(value)))

    def _read(self, value: Any) -> Any:
        """Return a value as this dialect must see it: to draft-04 1.0 is no integer, but as sets of numbers 1 and 1.0 are one."""
        return _whole(value) if self.draft == jsonschema_rs.Draft4 else value

    def objection(self, value: Any) -> str:
        """Return where the deciding engine rejects a value, and why: "at /state: …"; empty where it does not."""
        error = next(iter(self._validator.iter_errors(self._read(value))), None)
        return f"at {naming.pointer(error.instance_path) or 'its root'}: {error.message}" if error else ""

    def accepts(self, value: Any) -> bool | None:
        """Whether both engines accept a value, or both reject it; None where they do not agree, or the reference engine cannot tell."""
        first = self.decides(value)
        try:
            second = self._reference(self._read(value))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 - a pattern that Python does not know, a panic in a library of Rust: whatever it is, it is no answer
            return None
        return first if first == second else None


def load_reference() -> None:
    """Load the reference engine, where somebody is to have it before time counts."""
    import jsonschema  # noqa: F401, PLC0415 - as above


def _reason(error: Exception) -> str:
    if isinstance(error, jsonschema_rs.ValidationError):
        return f"at {naming.pointer(error.instance_path) or 'its root'}: {error.message}"
    return str(error)


def _bare(schema: Any, draft: int) -> Any:
    """Return a schema without what only one of the engines checks: the content of strings, and some formats, by dialect."""
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
    return any(not first.is_valid(text) for text in _ODD) and any(not reference.conforms(text, name) for text in _ODD)


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
    """Return a schema in which `$ref: "#"` names a definition, because schemas that refer to their whole document cannot be compared."""
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
    # An anchor (`#name`) means the same wherever the schema that has it stands.
    moves = reference is not None and reference[1:2] in ("", "/")
    return {**out, "$ref": f"#/definitions/whole{reference[1:]}"} if reference is not None and moves else out


def decider(node: jsonschema_rs.CanonicalSchema) -> Callable[[Any], bool]:
    """Return what the deciding engine says of values at one place of a schema."""
    return VALIDATORS[node.draft](cast("dict[str, Any]", node.to_json_schema()), validate_formats=True, offline=True).is_valid


def aligned(one: Subject, other: Subject) -> tuple[jsonschema_rs.CanonicalSchema, jsonschema_rs.CanonicalSchema]:
    """Return the canonical forms of two schemas in one dialect: their own where they share it, else the newest, which can say what the others say."""
    if one.draft == other.draft != jsonschema_rs.Draft4:  # to draft-04 1.0 is no integer: see `Subject._read`
        return one.canonical, other.canonical
    return _newest(one), _newest(other)


def _newest(subject: Subject) -> jsonschema_rs.CanonicalSchema:
    schema = _upgraded(subject.canonical.to_json_schema())
    # Both sides must agree on whether formats are checked; where they are not, none is left.
    return jsonschema_rs.canonicalize(schema, draft=jsonschema_rs.Draft202012, validate_formats=True, offline=True)


def _upgraded(schema: Any) -> Any:
    """Return a canonical schema of an older dialect as the newest one writes it."""
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
