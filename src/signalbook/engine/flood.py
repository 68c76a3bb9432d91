"""The errors of one validation → problems, of which each kind is told so often and no more: a hostile value has a million of them.

What is left out is counted in one problem more of the same kind and weight, so that no level takes the value for better than it is.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from signalbook.engine.explain import explain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.engine.problem import Problem
    from signalbook.levels import Schema

MOST = 1000
"""So many problems of one rule and one weight are told of a value."""
# All errors of these keywords weigh the same, whatever the value is: what is left out need not be looked at.
_ALIKE = {"additionalProperties": ("unknown-field", "novelty"), "required": ("required", "guarantee"), "type": ("type", "guarantee")}


def told(errors: Iterable[jsonschema_rs.ValidationError], schema: Schema, value: Any) -> Iterator[Problem]:
    """Yield the problems that the errors of the validator of `schema` stand for, and one for all that are too many of each kind."""
    counts: Counter[tuple[str, str]] = Counter()
    first_of_more: dict[tuple[str, str], Problem] = {}
    for error in errors:
        alike = _ALIKE.get(error.kind.name)
        if alike in first_of_more and alike is not None:
            counts[alike] += _number(error)
            continue
        seen = 0
        # One problem more than are told, because that one is to stand for all that follow.
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
    """Return how many problems an error stands for: one, or one for each field that nobody knows."""
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(names):
            return len(names)
        case _:
            return 1
