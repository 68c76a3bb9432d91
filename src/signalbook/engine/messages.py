"""Explain the errors of jsonschema-rs: what was expected, what was found, and what was probably meant, with one problem per fault."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from signalbook.engine import levels, problems, suggestions
from signalbook.engine.problems import Problem
from signalbook.reading.strict_json import at, compact, is_document, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signalbook.engine.levels import Schema, Weight


# Of several problems in one place, the most basic one is the likely cause. Earlier entries are more basic.
_BASIC = ("type", "const", "enum", "pattern", "format")
_ORDER: tuple[Weight, ...] = ("novelty", "unsourced", "form", "guarantee")


def explain(error: jsonschema_rs.ValidationError, schema: Schema, value: Any) -> Iterator[Problem]:
    """Yield the problems for one error from the validator of `schema`."""
    path = problems.exact(value, error.instance_path, error.instance)
    here = at(value, path)
    where = problems.exact(schema, error.schema_path)[:-1]
    there = problems.place(schema, where)
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Required(name):
            yield _missing(
                name, path, here, levels.declared(problems.place(schema, problems.whole(where)).node)
            )
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(names):
            yield from (unknown_field(name, path, here, levels.declared(there.node)) for name in names)
        case jsonschema_rs.ValidationErrorKind.PropertyNames(inner):
            form, key = _form(there.node), str(inner.instance)
            looked_up: Weight = "unsourced" if there.unsourced else "form"
            yield Problem(
                "propertyNames",
                looked_up,
                (*path, key),
                f"the key {key!r} does not match the documented format",
                key,
                form,
                compact(key),
            )
        case kind if fits := _masked(kind, here):
            message = "is masked and cannot be checked further"
            yield Problem(
                "masked-value", "novelty", path, message, None, fits, shown(here), None, there.description
            )
        case kind:
            rule, expected, hint = _expectation(kind, there, here)
            weight = _weight(error, schema)
            message = (_UNSOURCED if weight == "unsourced" else _MESSAGES).get(rule) or _MESSAGES.get(
                rule, f"violates {rule}"
            )
            yield Problem(rule, weight, path, message, None, expected, shown(here), hint, there.description)


_MESSAGES = {
    "type": "wrong type",
    "const": "is not the required value",
    "enum": "is not a documented value",
    "unlisted-value": "is not a known value",
    "pattern": "does not match the documented format",
    "format": "does not match the documented format",
    "anyOf": "matches none of the documented alternatives",
    "oneOf": "must match exactly one of the documented alternatives",
    "minLength": "is too short",
    "maxLength": "is too long",
    "minimum": "is too small",
    "exclusiveMinimum": "is too small",
    "maximum": "is too large",
    "exclusiveMaximum": "is too large",
    "multipleOf": "is not a multiple of the documented step",
    "minItems": "has too few items",
    "maxItems": "has too many items",
    "uniqueItems": "has duplicate items",
    "contains": "has no item of the documented form",
    "minProperties": "has too few fields",
    "maxProperties": "has too many fields",
    "not": "has a form that is not allowed",
    "falseSchema": "must not be present",
}
_UNSOURCED = {
    "enum": "is not a known value",
    "pattern": "does not match the known format",
    "format": "does not match the known format",
}
"""Messages for an enumeration or form that no document specifies."""


def _masked(kind: jsonschema_rs.ValidationErrorKind, here: Any) -> str | None:
    """Return what a masked text (`St***ng`, as in dry runs and documents) may stand for; None if it is not masked or nothing matches."""
    kinds = jsonschema_rs.ValidationErrorKind
    if not isinstance(here, str) or _MASK not in here:
        return None
    match kind:
        case kinds.Enum(options):
            return ", ".join(compact(option) for option in options if _masks(here, option)) or None
        case kinds.Constant(value):
            return compact(value) if _masks(here, value) else None
        case kinds.Pattern(text) if not _admits_masks(text):
            return "a string in the documented format"
        case kinds.Format(_):
            return "a string in the documented format"
        case _:
            return None


def _admits_masks(pattern: str) -> bool:
    """Return whether a pattern accepts an asterisk somewhere: then the mask is not what violates it."""
    return any(re.fullmatch(part, "*") for part in _SET.findall(pattern))


def _masks(text: str, option: Any) -> bool:
    head, _, tail = text.partition(_MASK)
    return (
        isinstance(option, str)
        and option.startswith(head)
        and option.endswith(tail.lstrip("*"))
        and len(option) > len(head) + len(tail.lstrip("*"))
    )


_MASK = "***"
_SET = re.compile(r"\[\^?(?:\\.|[^\]\\])*\]|\\\*")
_BOUNDS = {
    **dict.fromkeys(("minLength", "minimum", "minItems", "minProperties"), "at least"),
    **dict.fromkeys(("maxLength", "maximum", "maxItems", "maxProperties"), "at most"),
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "multipleOf": "a multiple of",
}


def _missing(name: str, path: tuple[str | int, ...], here: Any, known: Mapping[str, Any]) -> Problem:
    instead = next(iter(suggestions.nearest(name, [key for key in here if key not in known], 1)), None)
    hint = f"found {instead!r}: did you mean {name!r}?" if instead else None
    expected = f"the field {name!r}" + (f", {form}" if (form := _form(known.get(name))) else "")
    found = f"an object with {', '.join(map(repr, list(here)[:12]))}" if here else "an empty object"
    about = known.get(name)
    description = about.get("description") if isinstance(about, dict) else None
    return Problem(
        "required",
        "guarantee",
        path,
        f"{name!r} is missing",
        name,
        expected,
        found,
        hint,
        description,
        instead,
    )


def unknown_field(name: str, path: tuple[str | int, ...], here: Any, known: Mapping[str, Any]) -> Problem:
    """Return the problem for a field of an object `here` that its schema, which declares the `known` fields, does not know."""
    candidates = suggestions.nearest(name, [key for key in known if key not in here], 1)
    hint = f"did you mean {candidates[0]!r}?" if candidates else None
    return Problem(
        "unknown-field",
        "novelty",
        (*path, name),
        f"unknown field {name!r}",
        name,
        None,
        shown(here[name]),
        hint,
    )


def _expectation(
    kind: jsonschema_rs.ValidationErrorKind, there: problems.Place, here: Any
) -> tuple[str, str | None, str | None]:
    """Return the rule of the finding, the expected value, and a hint."""
    kinds, node = jsonschema_rs.ValidationErrorKind, there.node
    match kind:
        case kinds.Type(types):
            hint = (
                "the string contains JSON: something in transit encoded the object as a string, so decode it once more"
                if isinstance(here, str) and "string" not in types and is_document(here.encode())
                else None
            )
            return "type", _types(node), hint
        case kinds.Constant(value):
            return "const", compact(value), _did_you_mean(here, [value])
        case kinds.Enum(options):
            rule = "unlisted-value" if "x-known" in node else "enum"
            return rule, ", ".join(map(compact, options)), _did_you_mean(here, options)
        case kinds.Pattern(text) | kinds.Format(text):
            return (
                kind.name,
                there.form or node.get("x-form", f"a string that matches the {kind.name} {text}"),
                None,
            )
        case kinds.AnyOf(context) | kinds.OneOfNotValid(context) | kinds.OneOfMultipleValid(context):
            parts = dict.fromkeys(
                _branch(errors, branch) for errors, branch in zip(context, node[kind.name], strict=True)
            )
            return kind.name, " or ".join(filter(None, parts)), None
        case _:
            bound = _BOUNDS.get(kind.name, kind.name)
            return kind.name, None if kind.value is None else f"{bound} {_plain(kind.value)}", None


def _branch(errors: list[jsonschema_rs.ValidationError], branch: Any) -> str:
    if errors and (form := _form(branch)):
        return form
    return ", ".join(f"{error.kind.name} {_plain(error.kind.value)}" for error in errors)


def _plain(value: Any) -> str:
    """Return the value of a keyword for display: text unchanged, otherwise as JSON, or as `str` for non-JSON values (decimal numbers)."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " or ".join(value)
    try:
        return value if isinstance(value, str) else compact(value)
    except TypeError:
        return str(value)


def _weight(error: jsonschema_rs.ValidationError, schema: Schema) -> Weight:
    """Return the weight of an error: for alternatives, that of the mildest branch; for a branch, that of its worst error."""
    kind = error.kind
    there = problems.place(schema, problems.exact(schema, error.schema_path)[:-1])
    if kind.name == "additionalProperties" or (kind.name == "enum" and "x-known" in there.node):
        return "novelty"
    branches: list[list[jsonschema_rs.ValidationError]] = getattr(kind, "context", [])
    if branches and not all(branches):
        # Several branches match, which the documented variant accepts if it relaxes one of them.
        return "form" if "oneOf" in levels.documented(there.node, unsourced=there.unsourced) else "unsourced"
    worst = [max((_weight(inner, schema) for inner in errors), key=_ORDER.index) for errors in branches]
    own = levels.weight(kind.name)
    return (
        min(worst, key=_ORDER.index) if worst else "unsourced" if own == "form" and there.unsourced else own
    )


def one_for_each_fault(problems: Iterable[Problem]) -> list[Problem]:
    """Keep the most basic problem for each place, and drop an unknown field that the hint of a missing field already names."""
    kept: dict[tuple[tuple[str | int, ...], str | None], Problem] = {}
    for problem in problems:
        key = (problem.path, problem.field)
        if key not in kept or _rank(problem) < _rank(kept[key]):
            kept[key] = problem
    misspelt = {(*problem.path, problem.instead) for problem in kept.values() if problem.instead}
    out = [
        problem
        for problem in kept.values()
        if not (problem.rule == "unknown-field" and problem.path in misspelt)
    ]
    return sorted(
        out,
        key=lambda problem: ([(isinstance(step, str), step) for step in problem.path], problem.field or ""),
    )


def _rank(problem: Problem) -> tuple[int, int]:
    return -_ORDER.index(problem.weight), _BASIC.index(problem.rule) if problem.rule in _BASIC else len(
        _BASIC
    )


def _did_you_mean(here: Any, options: Iterable[Any]) -> str | None:
    words = [option for option in options if isinstance(option, str)]
    candidates = suggestions.nearest(here, words, 1) if isinstance(here, str) else ()
    return f"did you mean {candidates[0]!r}?" if candidates else None


def _form(node: Any) -> str | None:
    """Return a short description of what a schema expects, if the schema contains one."""
    if not isinstance(node, dict):
        return None
    for inner in (node, *node.get("allOf", [])):
        if "x-form" in inner:
            return str(inner["x-form"])
        if "const" in inner:
            return compact(inner["const"])
        if "enum" in inner and "x-known" not in inner:
            return "one of " + ", ".join(map(compact, inner["enum"]))
    return next((_types(inner) for inner in (node, *node.get("allOf", [])) if "type" in inner), None)


def _types(node: Schema) -> str:
    types = node["type"]
    return types if isinstance(types, str) else " or ".join(types)


MOST = 1000
"""Maximum number of problems reported per rule and weight for a value."""
# All errors of these keywords have the same weight, whatever the value is, so omitted ones need no explanation.
_ALIKE = {
    "additionalProperties": ("unknown-field", "novelty"),
    "required": ("required", "guarantee"),
    "type": ("type", "guarantee"),
}


def told(errors: Iterable[jsonschema_rs.ValidationError], schema: Schema, value: Any) -> Iterator[Problem]:
    """Yield the problems for the errors of the validator of `schema`, and one extra problem for each kind that exceeds the limit."""
    counts: Counter[tuple[str, str]] = Counter()
    first_of_more: dict[tuple[str, str], Problem] = {}
    for error in errors:
        alike = _ALIKE.get(error.kind.name)
        if alike in first_of_more and alike is not None:
            counts[alike] += _number(error)
            continue
        seen = 0
        # One more than the limit: the extra problem represents all that follow.
        for problem in islice(explain(error, schema, value), MOST + 1):
            seen += 1
            counts[problem.rule, problem.weight] += 1
            if counts[problem.rule, problem.weight] <= MOST:
                yield problem
            else:
                first_of_more.setdefault((problem.rule, problem.weight), problem)
        if alike and seen > MOST:
            counts[alike] += _number(error) - seen
    for problem in first_of_more.values():
        if more := counts[problem.rule, problem.weight] - MOST - 1:
            yield problem._replace(message=f"{problem.message}; and {more:,} more like this")
        else:
            yield problem


def _number(error: jsonschema_rs.ValidationError) -> int:
    """Return the number of problems for an error: one, or one for each unknown field."""
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(names):
            return len(names)
        case _:
            return 1
