"""One question on standard input, one answer on standard output: what all adapters in Python share. It needs nothing but the standard library."""

from __future__ import annotations

import json
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Said = Literal["compatible", "incompatible", "undecided", "error"]
Question = dict[str, Any]
"""`old` and `new`, two schemas, and `direction`: "backward" asks whether `new` accepts all that `old` accepts, "forward" the reverse."""


def answer(ask: Callable[[Question], Said]) -> None:
    """Read a question, ask it, and write what was said, why it failed if it did, and the seconds it took. Loading a tool is not counted."""
    question = json.load(sys.stdin)
    start = perf_counter()
    try:
        said, note = ask(question), ""
    except Exception as error:  # noqa: BLE001 - whatever a tool raises is its answer
        said, note = "error", f"{type(error).__name__}: {error}"[:300]
    json.dump({"said": said, "note": note, "seconds": perf_counter() - start}, sys.stdout)


def verdict(*, compatible: bool) -> Said:
    """Return the word for a yes or a no."""
    return "compatible" if compatible else "incompatible"


def sides(question: Question) -> tuple[Any, Any]:
    """Return the schema whose values are all to be accepted, and the one that is to accept them."""
    old, new = question["old"], question["new"]
    return (old, new) if question["direction"] == "backward" else (new, old)
