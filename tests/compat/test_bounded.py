"""Comparisons that a library would not end, or not in time, or not in memory: they end, and say what was not settled and why."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from comparing import PATIENCE_TO_COMPARE
from signalbook import compat
from signalbook.compat import bounded_process
from signalbook.compat.decision import decide
from signalbook.engine.schema_validator import Checker
from signalbook.registry.tree_reader import meta_schema

if TYPE_CHECKING:
    from pathlib import Path


def doubling(last: str, steps: int = 30) -> dict[str, Any]:
    """Return a schema whose references, written out, are 3 ** steps schemas."""
    definitions: dict[str, Any] = {f"d{steps}": {"type": last}}
    for step in range(steps):
        below = {"$ref": f"#/definitions/d{step + 1}"}
        definitions[f"d{step}"] = {
            "anyOf": [below, {"type": "object", "properties": {"p": below, "q": below}}]
        }
    return {"allOf": [{"$ref": "#/definitions/d0"}], "definitions": definitions}


def patterns(first: int) -> dict[str, Any]:
    """Return a choice of exactly one of sixty patterns."""
    return {
        "oneOf": [
            {"type": "string", "pattern": f"^a{{{number + 1},}}b[0-9]*c{number}"}
            for number in range(first, first + 60)
        ]
    }


WATCHED = """
import resource, sys
from signalbook.cli.main import main
code = main(sys.argv[1:])
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "sides",
    [(doubling("string"), doubling("integer")), (patterns(0), patterns(1))],
    ids=["references", "patterns"],
)
def test_a_diff_ends_whatever_the_library_does(sides: tuple[Any, Any], tmp_path: Path) -> None:
    """`diff --seconds` bounds the whole command, in time and in memory; each question that is not settled is undecided, and the reason says the bound."""
    for name, side in zip(("old.json", "new.json"), sides, strict=True):
        (tmp_path / name).write_text(json.dumps(side), "utf-8")
    words = [
        sys.executable,
        "-c",
        WATCHED,
        "diff",
        "old.json",
        "new.json",
        "--seconds",
        "0.2",
        "--format",
        "json",
    ]
    run = subprocess.run(
        words, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_TO_COMPARE, check=True
    )
    found = json.loads(run.stdout)
    assert Checker(meta_schema("diff")).problems(found) == []
    undecided = [
        question
        for question in ("backward", "forward", "survives", "readsOld")
        if found[question] == "undecided"
    ]
    assert undecided
    assert all("0.2 s" in found["reasons"][question] for question in undecided)
    code, memory = map(int, re.findall("[0-9]+", run.stderr))
    assert (code, memory < 900_000) == (0, True)


def test_what_needs_too_much_memory_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a comparison takes more memory than it has, or ends its process, what was settled before stands, and the rest is undecided."""
    met: list[Any] = []

    def swallow(*asked: Any) -> compat.Answer:
        met.append(asked)
        return decide(*asked) if len(met) == 1 else compat.Answer("proved", str(len(bytearray(1 << 40))))

    monkeypatch.setattr("signalbook.compat.comparison.decide", swallow)
    found = compat.bounded({"type": "string"}, {"type": "integer"}, seconds=30)
    assert (found.survives.state, found.forward.state, found.bump) == ("broken", "undecided", "major")
    assert "memory" in found.forward.reason
    assert [change.kind for change in found.changes] == ["retyped"]


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not look at the clock is ended, and no process is left."""
    monkeypatch.setattr("signalbook.compat.comparison.decide", lambda *_: time.sleep(600))
    monkeypatch.setattr(bounded_process, "_GRACE", 0.1)
    found = compat.bounded({"type": "string"}, {"type": "integer"}, seconds=0.1, asked=compat.LAW)
    assert {found.survives.state, found.reads_old.state} == {"undecided"}
    assert found.bump == "major"


def test_it_finds_what_an_unbounded_comparison_finds() -> None:
    """A comparison that has its time says all that one without a bound says, and refuses what that refuses, with the side that is at fault."""
    narrow, wide = {"enum": ["on"]}, {"enum": ["on", "off"]}
    for old, new in ((narrow, wide), (wide, narrow), (narrow, narrow)):
        assert (
            compat.bounded(old, new, seconds=30).as_dict() == compat.compare(old, new, seconds=30).as_dict()
        )
    for sides, side in ((({"type": "x"}, narrow), "old"), ((narrow, {"type": "x"}), "new")):
        with pytest.raises(compat.Unusable) as error:
            compat.bounded(*sides)
        assert error.value.side == side
