"""JSON Schema → drawn values: Hypothesis and hypothesis-jsonschema, with what keeps the two working together.

Both are loaded only when something is drawn: they cost a third of a second.
"""

from __future__ import annotations

import warnings
from functools import cache
from random import Random
from time import monotonic
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hypothesis.strategies import SearchStrategy as SearchStrategy  # noqa: PLC0414 - for rooms that have no business with the library

Made = TypeVar("Made")
_UNKNOWN = frozenset(["prefixItems", "unevaluatedItems", "unevaluatedProperties", "dependentRequired", "dependentSchemas"])
_UNKNOWN_TOO = frozenset(["minContains", "maxContains", "$dynamicRef", "$recursiveRef"])


class Unhonoured(Exception):
    """A schema of which hypothesis-jsonschema would pass over a part; the text says which."""


class _OutOfTime(KeyboardInterrupt):
    """Ends a search: Hypothesis lets an interruption through, and takes any other exception for a failure to make smaller."""


def drawn(schema: Any) -> SearchStrategy[Any]:
    """Return a strategy for the values of a draft-07 schema. Raises `Unhonoured` for what it would pass over in silence, and for recursion."""
    if missed := sorted(_missed(schema)):
        raise Unhonoured(f"values cannot be drawn for {', '.join(missed)}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of patterns Python does not know, and draws without them: what is drawn is checked anyway
        return _adapted()(schema)  # type: ignore[no-any-return]


class Choices(Protocol):
    """Where choices come from: a seed, or Hypothesis, which can take back what made no difference."""

    def integer(self, low: int, high: int) -> int:
        """Return a number from `low` to `high`, both included; the lower, the simpler."""


class Seeded:
    """Choices that a seed decides: equal seeds choose alike, in every release of Python."""

    def __init__(self, seed: int | str) -> None:
        self._random = Random(str(seed))  # noqa: S311 - to be repeated

    def integer(self, low: int, high: int) -> int:
        """Return a number from `low` to `high`, both included."""
        # `randint` may choose otherwise in the next release; only `random` is promised to stay.
        return low + int(self._random.random() * (high - low + 1))


def made(make: Callable[[Choices], Made]) -> SearchStrategy[Made]:
    """Return a strategy for what a function makes of choices."""
    from hypothesis import strategies  # noqa: PLC0415

    class Drawn:
        def __init__(self, draw: Callable[[SearchStrategy[int]], int]) -> None:
            self._draw = draw

        def integer(self, low: int, high: int) -> int:
            return self._draw(_integers(low, high))

    @strategies.composite
    def value(draw: Any) -> Made:
        return make(Drawn(draw))

    return value()


def tested(function: Callable[..., None], name: str, strategy: SearchStrategy[Any]) -> Callable[..., None]:
    """Return a function as a property test: its argument `name` is drawn, its other ones stay. Settings, seeds and profiles of Hypothesis apply."""
    import hypothesis  # noqa: PLC0415

    return hypothesis.given(**{name: strategy})(function)


@cache
def _integers(low: int, high: int) -> SearchStrategy[int]:
    from hypothesis import strategies  # noqa: PLC0415

    return strategies.integers(low, high)


def some(schema: Any, count: int) -> list[Any]:
    """Return a few different values of a schema, always the same ones; fewer where there are no more. Raises `Unhonoured`."""
    found: dict[str, Any] = {}

    def keep(value: Any) -> bool:
        found.setdefault(repr(value), value)
        return len(found) >= count

    search([schema], keep, seed=0, draws=10 * count, seconds=5)
    return list(found.values())[:count]


def search(schemas: Iterable[Any], wanted: Callable[[Any], bool], *, seed: int, draws: int, seconds: float) -> list[Any]:
    """Return values of some schemas that are wanted, the smallest last; none where so many draws, or so much time, found none.

    The time is looked at between two draws, so that one slow draw can exceed it. Equal seeds draw the same values.
    """
    import hypothesis  # noqa: PLC0415

    found: list[Any] = []
    end = monotonic() + seconds

    def fits(value: Any) -> bool:
        if monotonic() > end:
            raise _OutOfTime
        if good := wanted(value):
            found.append(value)
        return good

    settings = hypothesis.settings(
        max_examples=draws, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), report_multiple_bugs=False
    )
    strategies = [drawn(schema) for schema in schemas]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            hypothesis.find(hypothesis.strategies.one_of(strategies), fits, settings=settings, random=Random(seed))  # noqa: S311 - to be replayed
    except (_OutOfTime, hypothesis.errors.NoSuchExample, hypothesis.errors.Unsatisfiable):
        pass
    except Exception:  # noqa: BLE001, S110 - a schema it cannot draw from, in one of many ways: what was found before stands
        pass
    return found


def _missed(schema: Any) -> set[str]:
    """Return the keywords of a schema that would be passed over; a name of a property that is written like one counts too, which errs safely."""
    if isinstance(schema, list):
        return set().union(*map(_missed, schema))
    if not isinstance(schema, dict):
        return set()
    return (set(schema) & (_UNKNOWN | _UNKNOWN_TOO)).union(*map(_missed, schema.values()))


@cache
def _adapted() -> Callable[[Any], Any]:
    """Return `from_schema`, mended where Hypothesis is 6.170.10 or newer.

    There `many`, a private helper, became a context manager, and hypothesis-jsonschema 0.23.1 still asks it for `more()`: it fails for every object.
    Only the name that hypothesis-jsonschema sees is replaced.
    """
    from hypothesis.internal.conjecture import utils  # noqa: PLC0415
    from hypothesis_jsonschema import _from_schema  # noqa: PLC0415

    if not hasattr(utils.many, "more"):
        vars(_from_schema)["cu"] = SimpleNamespace(many=_Many)
    return _from_schema.from_schema


class _Many:
    """`many` as it was before it became a context manager."""

    def __init__(self, data: Any, **sizes: Any) -> None:
        from hypothesis.internal.conjecture import utils  # noqa: PLC0415

        self._many = utils.many(data, **sizes)
        self._many.__enter__()
        self._each = iter(self._many)

    def more(self) -> bool:
        """Whether one more element is to be drawn."""
        if next(self._each, self) is self:
            self._many.__exit__(None, None, None)
            return False
        return True

    def reject(self) -> None:
        """Take back the element drawn last."""
        self._many.reject()
