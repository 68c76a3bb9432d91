"""Where JSON and Python, or a level and Pydantic, count a value differently: what the base class of generated models asks."""

from __future__ import annotations

from typing import Any, Literal, cast, get_args, get_origin

from pydantic import ValidationError, ValidationInfo  # noqa: TC002 - a copy of this module stands beside models that Pydantic reads

_FORMS = frozenset({
    *("string_pattern_mismatch", "string_too_short", "string_too_long", "multiple_of"),
    *("greater_than", "greater_than_equal", "less_than", "less_than_equal"),
})  # fmt: skip


def whole(value: Any) -> Any:
    """Return a value with integers in place of numbers without a fraction, because JSON Schema calls 1.0 an integer; the same object where there are none."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        old = cast("dict[object, object]", value)
        fields = {key: whole(one) for key, one in old.items()}
        return fields if any(fields[key] is not old[key] for key in old) else old
    if isinstance(value, list):
        items = cast("list[object]", value)
        found = [whole(one) for one in items]
        return found if any(one is not other for one, other in zip(found, items, strict=True)) else items
    return value


def lists(annotation: Any, value: Any) -> bool:
    """Whether a type lists a value, and not only one that Python takes for equal."""
    if get_origin(annotation) is Literal:
        return any(type(one) is type(value) and one == value for one in get_args(annotation))
    return annotation is type(value) or any(lists(one, value) for one in get_args(annotation))


def is_tolerant(info: ValidationInfo) -> bool:
    """Whether the context says that other forms than the documented ones are read too."""
    context: Any = info.context
    return isinstance(context, dict) and cast("dict[str, Any]", context).get("level") == "tolerant"


def is_form(error: ValidationError, value: Any) -> bool:
    """Whether a value is only written otherwise than documented; of a union, the other types of a single value complain too."""
    kinds = [
        one["type"] for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    single = not isinstance(value, (dict, list))
    return any(kind in _FORMS for kind in kinds) and all(
        kind in _FORMS or (single and kind.endswith(("_type", "literal_error"))) for kind in kinds
    )
