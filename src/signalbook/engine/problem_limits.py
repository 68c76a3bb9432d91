"""Convert validation errors to problems, with a limited number of each kind: a hostile value can have a million errors.

The omitted problems are counted in one extra problem of the same kind and weight, so that the severity is correct at every level.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from signalbook.engine.messages import explain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.engine.levels import Schema
    from signalbook.engine.problems import Problem

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
