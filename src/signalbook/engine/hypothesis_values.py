"""Generate values from a JSON Schema with Hypothesis and hypothesis-jsonschema, including a compatibility fix for the two.

Both libraries are loaded only when a value is generated, because importing them takes a third of a second.
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

    from hypothesis.strategies import SearchStrategy as SearchStrategy  # noqa: PLC0414 - re-exported for packages that may not import the library

Made = TypeVar("Made")
_UNKNOWN = frozenset(
    ["prefixItems", "unevaluatedItems", "unevaluatedProperties", "dependentRequired", "dependentSchemas"]
)
_UNKNOWN_TOO = frozenset(["minContains", "maxContains", "$dynamicRef", "$recursiveRef"])


class Unhonoured(Exception):
    """A schema has a keyword that hypothesis-jsonschema would ignore; the message names it."""


class _OutOfTime(KeyboardInterrupt):
    """Ends a search: Hypothesis lets a KeyboardInterrupt through, and treats any other exception as a failure to shrink."""


def drawn(schema: Any) -> SearchStrategy[Any]:
    """Return a strategy for the values of a draft-07 schema. Raises `Unhonoured` for keywords that would be ignored silently, and for recursion."""
    if missed := sorted(_missed(schema)):
        raise Unhonoured(f"values cannot be drawn for {', '.join(missed)}")
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # it warns of patterns that Python does not support and ignores them; values are validated anyway
        return _adapted()(schema)  # type: ignore[no-any-return]


class Choices(Protocol):
    """A source of choices: a seed, or Hypothesis, which can shrink choices that made no difference."""

    def integer(self, low: int, high: int) -> int:
        """Return a number from `low` to `high`, both included; lower numbers are simpler."""


class Seeded:
    """Choices determined by a seed: equal seeds give equal choices in every release of Python."""

    def __init__(self, seed: int | str) -> None:
        self._random = Random(str(seed))  # noqa: S311 - must be reproducible

    def integer(self, low: int, high: int) -> int:
        """Return a number from `low` to `high`, both included."""
        # The results of `randint` may change in the next release; only those of `random` are guaranteed to stay.
        return low + int(self._random.random() * (high - low + 1))


def made(make: Callable[[Choices], Made]) -> SearchStrategy[Made]:
    """Return a strategy for the values that a function builds from choices."""
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
    """Return a function as a property test that draws the argument `name` and keeps the others.

    Settings, seeds and profiles of Hypothesis apply.
    """
    import hypothesis  # noqa: PLC0415

    return hypothesis.given(**{name: strategy})(function)


@cache
def _integers(low: int, high: int) -> SearchStrategy[int]:
    from hypothesis import strategies  # noqa: PLC0415

    return strategies.integers(low, high)


def some(schema: Any, count: int) -> list[Any]:
    """Return up to `count` different values of a schema, always the same ones. Raises `Unhonoured`."""
    found: dict[str, Any] = {}

    def keep(value: Any) -> bool:
        found.setdefault(repr(value), value)
        return len(found) >= count

    search([schema], keep, seed=0, draws=10 * count, seconds=5)
    return list(found.values())[:count]


def search(
    schemas: Iterable[Any], wanted: Callable[[Any], bool], *, seed: int, draws: int, seconds: float
) -> list[Any]:
    """Return values of the schemas that satisfy `wanted`, the smallest last; empty if none is found within `draws` draws and `seconds` seconds.

    The time is checked between draws, so one slow draw can exceed it. Equal seeds draw the same values.
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
        max_examples=draws,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
    )
    strategies = [drawn(schema) for schema in schemas]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            hypothesis.find(
                hypothesis.strategies.one_of(strategies),
                fits,
                settings=settings,
                random=Random(seed),  # noqa: S311 - for replaying
            )
    except (_OutOfTime, hypothesis.errors.NoSuchExample, hypothesis.errors.Unsatisfiable):
        pass
    except Exception:  # noqa: BLE001, S110 - drawing can fail in many ways; keep the values found so far
        pass
    return found


def _missed(schema: Any) -> set[str]:
    """Return the unsupported keywords of a schema; a property with the name of such a keyword counts too, which is a safe error."""
    if isinstance(schema, list):
        return set().union(*map(_missed, schema))
    if not isinstance(schema, dict):
        return set()
    return (set(schema) & (_UNKNOWN | _UNKNOWN_TOO)).union(*map(_missed, schema.values()))


@cache
def _adapted() -> Callable[[Any], Any]:
    """Return `from_schema`, patched for Hypothesis 6.170.10 or newer."""
    # In these releases the private helper `many` is a context manager, but hypothesis-jsonschema 0.23.1 calls its `more()`, which fails for objects.
    # Only the name that hypothesis-jsonschema uses is replaced.
    from hypothesis.internal.conjecture import utils  # noqa: PLC0415
    from hypothesis_jsonschema import _from_schema  # noqa: PLC0415

    if not hasattr(utils.many, "more"):
        vars(_from_schema)["cu"] = SimpleNamespace(many=_Many)
    return _from_schema.from_schema


class _Many:
    """Emulates `many` from before it became a context manager."""

    def __init__(self, data: Any, **sizes: Any) -> None:
        from hypothesis.internal.conjecture import utils  # noqa: PLC0415

        self._many = utils.many(data, **sizes)
        self._many.__enter__()
        self._each = iter(self._many)

    def more(self) -> bool:
        """Return whether to draw another element."""
        if next(self._each, self) is self:
            self._many.__exit__(None, None, None)
            return False
        return True

    def reject(self) -> None:
        """Reject the element drawn last."""
        self._many.reject()
