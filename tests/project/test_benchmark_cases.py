"""The cases of the compatibility benchmark: their witnesses show what they claim, and signalbook is never wrong about them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import pytest

from conftest import ROOT
from signalbook import compat

CASES = {
    case["name"]: case
    for case in json.loads((ROOT / "benchmarks" / "compat" / "cases.json").read_text("utf-8"))
}
SIDES = {"backward": ("old", "new"), "forward": ("new", "old")}
SECONDS = 1.0
"""The bound of a search for a witness, shorter than a user's: what is not settled then is undecided, which is no wrong answer."""


@cache
def reference(name: str, side: str) -> jsonschema.Draft7Validator:
    """Return the reference engine, with its format checker, for one side of a case."""
    return jsonschema.Draft7Validator(
        CASES[name][side], format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
    )


def test_there_are_enough_cases() -> None:
    """A hundred changes at the least, each with its own name, both directions answered by both words."""
    assert len(CASES) >= 100
    for direction in SIDES:
        assert {case[direction] for case in CASES.values()} == {True, False}


@pytest.mark.parametrize("name", CASES)
def test_witness_proves_its_claim(name: str) -> None:
    """Where a direction is broken there is a value that the one side accepts and the other rejects; elsewhere there is none."""
    case: dict[str, Any] = CASES[name]
    assert set(case["witness"]) == {direction for direction in SIDES if not case[direction]}
    for direction, value in case["witness"].items():
        narrow, wide = (reference(name, side) for side in SIDES[direction])
        assert narrow.is_valid(value)
        assert not wide.is_valid(value)


@pytest.mark.parametrize("name", CASES)
def test_signalbook_is_never_wrong(name: str) -> None:
    """What signalbook proves has no witness, and what it calls broken is."""
    case: dict[str, Any] = CASES[name]
    found = compat.compare(case["old"], case["new"], seconds=SECONDS)
    for direction in SIDES:
        assert getattr(found, direction).state in ("undecided", "proved" if case[direction] else "broken"), (
            direction
        )
