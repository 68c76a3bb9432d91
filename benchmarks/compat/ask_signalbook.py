"""The adapter of signalbook."""

from __future__ import annotations

import hypothesis_jsonschema  # noqa: F401 - signalbook loads it, and the reference engine, when it is first needed; loading a tool is not counted
import jsonschema  # noqa: F401

from benchmarks.compat.answering import Question, Said, answer
from signalbook import compat

_SAID: dict[str, Said] = {"proved": "compatible", "broken": "incompatible", "undecided": "undecided"}


def ask(question: Question) -> Said:
    """Ask for one direction only: each is computed when it is asked for."""
    found = compat.compare(question["old"], question["new"])
    return _SAID[(found.backward if question["direction"] == "backward" else found.forward).state]


if __name__ == "__main__":
    answer(ask)
