"""Decides whether one schema accepts everything that another accepts: proved, broken with a witness, or undecided with the reason.

The proof comes first (see `proof`). Values made along the differences are tried in any case: a value that both engines tell apart outweighs any
proof. If neither settles the question, Hypothesis draws from the difference and from the names of both sides, for a limited time.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from signalbook.compat import candidates, proof
from signalbook.engine import hypothesis_values
from signalbook.reading.strict_json import compact, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from signalbook.compat.schemas import Subject


_MOST_TRIES = 3_000
_PLAIN: tuple[Any, ...] = (None, False, 0, "", [], {})


def smallest(value: Any, shows: Callable[[Any], bool], seconds: float) -> Any:
    """Return the smallest value reached from `value` by single steps that each keep `shows` true.

    Stops after some thousand tries, or after `seconds`.
    """
    tries, end = 0, monotonic() + seconds
    found = True
    while found:
        found = False
        for simpler in _simpler(value):
            tries += 1
            if tries > _MOST_TRIES or monotonic() > end:
                return value
            if weight(simpler) < weight(value) and shows(simpler):
                value, found = simpler, True
                break
    return value


def weight(value: Any) -> tuple[int, int, str]:
    """Return the sort key of values: shorter text first, then plainer characters."""
    text = compact(value)
    return len(text), sum(not ("a" <= char <= "z" or char in '0"{}[]:,') for char in text), text


def _simpler(value: Any) -> Iterator[Any]:
    """Yield values one step simpler than a value, larger steps first."""
    yield from (plain for plain in _PLAIN if type(plain) is not type(value) or plain != value)
    match value:
        case dict():
            yield from ({name: inner for name, inner in value.items() if name != left} for left in value)
            yield from (
                {**value, name: simpler} for name, inner in value.items() for simpler in _simpler(inner)
            )
        case list():
            yield value[: len(value) // 2]
            yield from ([*value[:place], *value[place + 1 :]] for place in range(len(value)))
            yield from (
                [*value[:place], simpler, *value[place + 1 :]]
                for place, inner in enumerate(value)
                for simpler in _simpler(inner)
            )
        case str():
            yield value[: len(value) // 2]
            yield from (value[:place] + value[place + 1 :] for place in range(len(value)))
            yield from (value[:place] + "a" + value[place + 1 :] for place in range(len(value)))
        case bool() | None:
            pass
        case int() | float():
            yield from (int(value), abs(value), value // 2, 1)


State = Literal["proved", "broken", "undecided"]

SEED = 20190409
DRAWS = 400
STEP = 5.0
"""Time limit in seconds for each step of a question, if the comparison as a whole has none."""
_LONGEST_REASON = 200
SECONDS = 20.0
"""Time limit in seconds for a comparison.

Each question gets a share of it for the proof, for making values, for drawing up to `DRAWS` values, and for minimizing the witness.
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one schema accepts everything that another accepts.

    `witness` is a value that the wide schema rejects, if `state` is "broken"; `reason` says why.
    """

    state: State
    reason: str
    witness: Any = None


def decide(narrow: Subject, wide: Subject, seconds: float, told: float) -> Answer:
    """Return whether `wide` accepts every value that `narrow` accepts.

    `seconds` limits each of the steps; `told` is the limit that the reason reports.
    """
    if narrow.draft == wide.draft and compact(narrow.schema) == compact(wide.schema):
        return Answer("proved", "both schemas are the same")
    proved = proof.covered(narrow, wide, seconds)
    search = _Search(narrow, wide)
    if search.tries(candidates.candidates(narrow, wide, seconds)) or (
        not proved and search.tries([_drawn(narrow, wide, search.shows, seconds)])
    ):
        small = _small(search.witness, search.shows, seconds)
        return Answer("broken", f"both engines reject the witness, {_short(wide.objection(small))}", small)
    if proved:
        return Answer("proved", "set algebra proves that one schema accepts everything the other accepts")
    return Answer("undecided", _why(narrow, wide, search, told))


class _Shows:
    """Predicate: a value proves, to both engines, that one schema does not accept everything that the other accepts."""

    def __init__(self, narrow: Subject, wide: Subject) -> None:
        self._narrow, self._wide = narrow, wide

    def __call__(self, value: Any) -> bool:
        return (
            self.likely(value) and self._narrow.accepts(value) is True and self._wide.accepts(value) is False
        )

    def likely(self, value: Any) -> bool:
        """Return whether the deciding engine alone tells the two schemas apart by a value."""
        return self._narrow.decides(value) and not self._wide.decides(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…"


def _small(witness: Any, shows: _Shows, seconds: float) -> Any:
    """Return a minimized witness, using the fast engine alone, or both engines if the slow one disagrees with the result."""
    found = smallest(witness, shows.likely, seconds)
    return found if shows(found) else smallest(witness, shows, seconds)


class _Search:
    """Search for a witness: the number of values tried, the first value that shows the difference, and the first on which the engines disagree."""

    def __init__(self, narrow: Subject, wide: Subject) -> None:
        self.shows = _Shows(narrow, wide)
        self.witness: Any = None
        self.tried = 0
        self.disputed: list[Any] = []

    def tries(self, batches: Iterable[list[Any]]) -> bool:
        """Return whether a value in `batches` shows the difference. The smallest one of the first such batch becomes the witness."""
        for batch in batches:
            self.tried += len(batch)
            for value in sorted(filter(self.shows.likely, batch), key=weight):
                if self.shows(value):
                    self.witness = value
                    return True
                self.disputed = self.disputed or [value]
        return False


def _drawn(narrow: Subject, wide: Subject, shows: _Shows, seconds: float) -> list[Any]:
    """Return values drawn by Hypothesis that show the difference; empty if it cannot draw from these schemas."""
    try:
        return hypothesis_values.search(
            candidates.sources(narrow, wide), shows, seed=SEED, draws=DRAWS, seconds=seconds
        )
    except (hypothesis_values.Unhonoured, RecursionError, ValueError):
        return []


def _why(narrow: Subject, wide: Subject, search: _Search, seconds: float) -> str:
    if search.disputed:
        return f"the two engines disagree on {shown(search.disputed[0])}, so it is not a witness, and no proof was found"
    missed = [text for side in (narrow, wide) if (text := side.unmodelled)]
    about = f"; the prover does not model {' and '.join(dict.fromkeys(missed))}" if missed else ""
    return f"found no proof, and no witness among {search.tried} generated and up to {DRAWS} drawn values within {seconds:g} s{about}"
