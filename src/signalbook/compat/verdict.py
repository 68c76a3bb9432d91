"""Does one schema accept all that another accepts? Proved, broken with a payload that shows it, or undecided with the reason: never a guess.

First the proof (see `compare`). Values made along the differences are tried whatever it says: one that both engines tell apart is worth
more than any proof. Where neither settles it, Hypothesis draws from the difference and from both sides' names, for a bounded time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from signalbook import drawing
from signalbook.compat.smaller import smallest, weight
from signalbook.engine import compare
from signalbook.jsontext import compact, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signalbook.engine.compare import Subject

State = Literal["proved", "broken", "undecided"]

SEED = 20190409
DRAWS = 400
STEP = 5.0
"""The bound of each step of a question, where nobody bounds the whole."""
_LONGEST_REASON = 200
SECONDS = 20.0
"""The bound of a comparison: of which each question has a share for the proof, making values, drawing so many of them, making the witness small."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one schema accepts all that another accepts. `witness` is a value that it does not, where `state` is "broken"; `reason` says why."""

    state: State
    reason: str
    witness: Any = None


def decide(narrow: Subject, wide: Subject, seconds: float, told: float) -> Answer:
    """Return whether `wide` accepts every value that `narrow` accepts. `seconds` bounds each of the steps; `told` is the bound that a reason tells."""
    if narrow.draft == wide.draft and compact(narrow.schema) == compact(wide.schema):
        return Answer("proved", "both are the same schema")
    proved = compare.covered(narrow, wide, seconds)
    search = _Search(narrow, wide)
    if search.tries(compare.candidates(narrow, wide, seconds)) or (not proved and search.tries([_drawn(narrow, wide, search.shows, seconds)])):
        small = _small(search.witness, search.shows, seconds)
        return Answer("broken", f"both engines reject the witness, {_short(wide.objection(small))}", small)
    if proved:
        return Answer("proved", "the set of the one is proved to hold the set of the other")
    return Answer("undecided", _why(narrow, wide, search, told))


class _Shows:
    """Whether a value shows that a schema does not accept all that another does, to both engines."""

    def __init__(self, narrow: Subject, wide: Subject) -> None:
        self._narrow, self._wide = narrow, wide

    def __call__(self, value: Any) -> bool:
        return self.likely(value) and self._narrow.accepts(value) is True and self._wide.accepts(value) is False

    def likely(self, value: Any) -> bool:
        """Whether the deciding engine alone tells the two apart by a value."""
        return self._narrow.decides(value) and not self._wide.decides(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…"


def _small(witness: Any, shows: _Shows, seconds: float) -> Any:
    """Return a witness made smaller, by the fast engine alone while the slow one agrees to the end."""
    found = smallest(witness, shows.likely, seconds)
    return found if shows(found) else smallest(witness, shows, seconds)


class _Search:
    """A search for a witness: how many values were tried, the first that shows the difference, and the first on which the engines differ."""

    def __init__(self, narrow: Subject, wide: Subject) -> None:
        self.shows = _Shows(narrow, wide)
        self.witness: Any = None
        self.tried = 0
        self.disputed: list[Any] = []

    def tries(self, batches: Iterable[list[Any]]) -> bool:
        """Whether a value of some batches shows the difference: the smallest of the first batch that has one becomes the witness."""
        for batch in batches:
            self.tried += len(batch)
            for value in sorted(filter(self.shows.likely, batch), key=weight):
                if self.shows(value):
                    self.witness = value
                    return True
                self.disputed = self.disputed or [value]
        return False


def _drawn(narrow: Subject, wide: Subject, shows: _Shows, seconds: float) -> list[Any]:
    """Return values that Hypothesis drew and that show the difference; none where it cannot draw from such schemas."""
    try:
        return drawing.search(compare.sources(narrow, wide), shows, seed=SEED, draws=DRAWS, seconds=seconds)
    except (drawing.Unhonoured, RecursionError, ValueError):
        return []


def _why(narrow: Subject, wide: Subject, search: _Search, seconds: float) -> str:
    if search.disputed:
        return f"the two engines do not agree on {shown(search.disputed[0])}, so it shows nothing, and there is no proof"
    missed = [text for side in (narrow, wide) if (text := side.unmodelled)]
    about = f"; the prover does not model {' and '.join(dict.fromkeys(missed))}" if missed else ""
    return f"no proof was found, and no witness among {search.tried} values made and up to {DRAWS} drawn within {seconds:g} s{about}"
