"""The errors of jsonschema-rs → problems: what was expected, what was found, what was probably meant; one for each fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from signalbook import levels, naming
from signalbook.jsontext import at, compact, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signalbook.levels import Schema, Weight

# Of several problems in one place, one fault is the likely cause: the most basic one. Earlier is more basic.
_BASIC = ("type", "const", "enum", "pattern", "format")


@dataclass(frozen=True, slots=True)
class Problem:
    """One violation: which keyword, how much it weighs, where in the value and in the schema, and texts for people."""

    rule: str
    weight: Weight
    path: tuple[str | int, ...]
    message: str
    field: str | None = None
    expected: str | None = None
    found: str | None = None
    hint: str | None = None
    description: str | None = None
    instead: str | None = None
    """The key that probably is a misspelling of the missing field."""


def explain(error: jsonschema_rs.ValidationError, schema: Schema, value: Any) -> Iterator[Problem]:
    """Yield the problems that one error of the validator of `schema` stands for."""
    path = tuple(error.instance_path)
    here = at(value, path)
    where = error.schema_path[:-1]
    node, description = _node(schema, where)
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Required(name):
            yield _missing(name, path, here, levels.declared(_node(schema, _whole(where))[0]))
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(names):
            yield from (_unknown_field(name, path, here, levels.declared(node)) for name in names)
        case kind:
            rule, expected, hint = _expectation(kind, node, here)
            weight = _weight(kind, rule)
            message = _MESSAGES.get(rule, f"does not keep {rule}")
            yield Problem(rule, weight, path, message, None, expected, shown(here), hint, description)


_MESSAGES = {
    "type": "has the wrong type",
    "const": "is not the value that marks this event",
    "enum": "is not one of the listed values",
    "unlisted-value": "is none of the values known so far",
    "pattern": "does not have the documented form",
    "format": "does not have the documented form",
    "anyOf": "fits none of the documented alternatives",
    "oneOf": "fits none of the documented alternatives, or more than one",
}


def _missing(name: str, path: tuple[str | int, ...], here: Any, known: Mapping[str, Any]) -> Problem:
    instead = next(iter(naming.nearest(name, [key for key in here if key not in known], 1)), None)
    hint = f"{instead!r} is there: did you mean {name!r}?" if instead else None
    expected = f"the field {name!r}" + (f", {form}" if (form := _form(known.get(name))) else "")
    found = f"an object with {', '.join(map(repr, list(here)[:12]))}" if here else "an empty object"
    about = known.get(name)
    description = about.get("description") if isinstance(about, dict) else None
    return Problem("required", "guarantee", path, f"{name!r} is missing", name, expected, found, hint, description, instead)


def _unknown_field(name: str, path: tuple[str | int, ...], here: Any, known: Mapping[str, Any]) -> Problem:
    candidates = naming.nearest(name, [key for key in known if key not in here], 1)
    hint = f"did you mean {candidates[0]!r}?" if candidates else None
    return Problem("unknown-field", "novelty", (*path, name), f"{name!r} is not in the contract", name, None, shown(here[name]), hint)


def _expectation(kind: jsonschema_rs.ValidationErrorKind, node: Schema, here: Any) -> tuple[str, str, str | None]:
    """Return the finding's rule, what was expected, and a suggestion."""
    kinds = jsonschema_rs.ValidationErrorKind
    match kind:
        case kinds.Type(types):
            hint = "it holds JSON text: send the object itself, not a string" if _holds_json(here) and "string" not in types else None
            return "type", " or ".join(types), hint
        case kinds.Constant(value):
            return "const", compact(value), _did_you_mean(here, [value])
        case kinds.Enum(options):
            rule = "unlisted-value" if "x-known" in node else "enum"
            return rule, ", ".join(map(compact, options)), _did_you_mean(here, options)
        case kinds.Pattern(text) | kinds.Format(text):
            return kind.name, node.get("x-form", f"a string of {kind.name} {text}"), None
        case kinds.AnyOf(context) | kinds.OneOfNotValid(context) | kinds.OneOfMultipleValid(context):
            parts = dict.fromkeys(_branch(errors, branch) for errors, branch in zip(context, node[kind.name], strict=True))
            return kind.name, " or ".join(parts), None
        case _:
            return kind.name, f"{kind.name} {compact(kind.value)}", None


def _branch(errors: list[jsonschema_rs.ValidationError], branch: Any) -> str:
    if errors and (form := _form(branch)):
        return form
    return ", ".join(f"{error.kind.name} {error.kind.value}" for error in errors)


def _weight(kind: jsonschema_rs.ValidationErrorKind, rule: str) -> Weight:
    """Alternatives weigh as much as the mildest of their branches, and a branch as much as the worst of its errors."""
    if rule == "unlisted-value":
        return "novelty"
    branches: list[list[jsonschema_rs.ValidationError]] = getattr(kind, "context", [])
    order: tuple[Weight, ...] = ("novelty", "form", "guarantee")
    worst = [max((_weight(error.kind, error.kind.name) for error in errors), key=order.index) for errors in branches if errors]
    return min(worst, key=order.index) if worst else levels.weight(rule)


def one_for_each_fault(problems: Iterable[Problem]) -> list[Problem]:
    """Keep one problem for each place, the most basic; drop an unknown field that a missing one's hint already names."""
    kept: dict[tuple[tuple[str | int, ...], str | None], Problem] = {}
    for problem in problems:
        key = (problem.path, problem.field)
        if key not in kept or _rank(problem) < _rank(kept[key]):
            kept[key] = problem
    misspelt = {(*problem.path, problem.instead) for problem in kept.values() if problem.instead}
    out = [problem for problem in kept.values() if not (problem.rule == "unknown-field" and problem.path in misspelt)]
    return sorted(out, key=lambda problem: (list(map(str, problem.path)), problem.field or ""))


def _rank(problem: Problem) -> int:
    return _BASIC.index(problem.rule) if problem.rule in _BASIC else len(_BASIC)


def _did_you_mean(here: Any, options: Iterable[Any]) -> str | None:
    words = [option for option in options if isinstance(option, str)]
    candidates = naming.nearest(here, words, 1) if isinstance(here, str) else ()
    return f"did you mean {candidates[0]!r}?" if candidates else None


def _holds_json(here: Any) -> bool:
    return isinstance(here, str) and here.lstrip()[:1] in ("{", "[")


def _form(node: Any) -> str | None:
    """Return what a schema expects, in a few words, as far as it says so itself."""
    if not isinstance(node, dict):
        return None
    for inner in (node, *node.get("allOf", [])):
        if "x-form" in inner:
            return str(inner["x-form"])
        if "const" in inner:
            return compact(inner["const"])
        if "enum" in inner and "x-known" not in inner:
            return "one of " + ", ".join(map(compact, inner["enum"]))
    types = next((inner["type"] for inner in (node, *node.get("allOf", [])) if "type" in inner), None)
    return " or ".join([types] if isinstance(types, str) else types) if types else None


def _node(schema: Schema, path: Iterable[str | int]) -> tuple[Schema, str | None]:
    """Return the subschema at a path, and what the contract says of the field it is for: the field's own text, not that of a shared definition."""
    node: Any = schema
    description: str | None = None
    name_follows = False
    for step in path:
        node = node[step]
        if name_follows or step == "items":
            described = node.get("description") if isinstance(node, dict) else None
            description = described or (description if step == "items" else None)
        name_follows = step == "properties" and not name_follows
    return node, description


def _whole(path: list[str | int]) -> list[str | int]:
    """Return the path of the schema for the whole object, where `path` may lead to one branch of it."""
    while len(path) > 1 and path[-2] in ("allOf", "anyOf", "oneOf"):
        path = path[:-2]
    return path
