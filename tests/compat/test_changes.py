"""What a version's section says first: whom it breaks. It is made of proofs and of the changes, and never says more than they do."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from signalbook import compat
from signalbook.compat import Answer, Comparison, Step
from signalbook.site import changes, impact, markup, search

if TYPE_CHECKING:
    from signalbook.registry import Registry

STRING = {"type": "string"}
NUMERIC = {"type": ["string", "integer"]}


def obj(properties: dict[str, Any], *always: str, **more: Any) -> dict[str, Any]:
    """Return the schema of an object, with the fields that are always there."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "required": sorted(always),
        "properties": properties,
        **more,
    }


def plain(word: str) -> str:
    """Return a name as a line of Markdown has it."""
    return f"`{word}`"


def step(registry: Registry, old: dict[str, Any], new: dict[str, Any]) -> Step:
    """Return two schemas as version 1.0.0 and version 2.0.0 of an event."""
    contract = registry.contract("jdcloud/vm/state-change")
    return Step(
        replace(contract, version="1.0.0"), replace(contract, version="2.0.0"), compat.compare(old, new)
    )


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param(
            obj({"a": STRING}, "a"),
            obj({"a": STRING}),
            "Breaks code that counts on `a` being there.",
            id="weakened",
        ),
        pytest.param(
            obj({"a": STRING, "b": NUMERIC, "c": NUMERIC}, "a"),
            obj({"a": STRING, "b": STRING, "c": STRING}),
            "Breaks code that counts on `a` being there, or reads `b` or `c` as an integer. Payloads kept from before need version 1.0.0.",
            id="weakened and narrower",
        ),
        pytest.param(
            obj({"a": STRING}),
            obj({"a": NUMERIC}),
            "Breaks code that expects `a` to be a string.",
            id="wider",
        ),
        pytest.param(
            obj({"a": {"type": "number"}}),
            obj({"a": {"type": "integer"}}),
            "Code for 1.0.0 goes on working.…",
            id="integers are numbers",
        ),
        pytest.param(
            obj({"a": NUMERIC}),
            obj({"a": STRING}),
            "Code for 1.0.0 goes on working; `a` is never an integer any more.…",
            id="narrower",
        ),
        pytest.param(
            obj({"a": STRING, "zz": STRING}),
            obj({"a": STRING}),
            "Breaks code that reads `zz`, which is gone.…",
            id="gone",
        ),
        pytest.param(
            obj({"in": obj({"a": {"type": ["string", "null"]}})}),
            obj({"in": obj({"a": STRING})}),
            "Code for 1.0.0 goes on working.…",
            id="never null",
        ),
        pytest.param(
            obj({"in": obj({"a": STRING}, "a")}, "in"),
            obj({"in": obj({"a": {"type": ["string", "null"]}}, "a")}, "in"),
            "Breaks code that counts on `in.a` not being null.",
            id="null inside",
        ),
        pytest.param(
            obj({"a": STRING}),
            obj({"a": STRING, "other": NUMERIC}),
            "Code that ignores unknown fields goes on working.",
            id="added",
        ),
        pytest.param(
            obj({"a": {**STRING, "x-known": ["on", "off"]}}),
            obj({"a": {**STRING, "x-known": ["on", "idle", "<b>"]}}),
            "Code that has a way for unknown values goes on working; a handler that chooses by `a` may meet `idle` or `<b>` and meets no `off` any more.",
            id="values",
        ),
        pytest.param(
            obj({"a": STRING}),
            obj({"a": {**STRING, "description": "A."}}),
            "Breaks nothing: the values that may come are the same.",
            id="words",
        ),
    ],
)
def test_the_first_line_says_whom_a_version_breaks(
    registry: Registry, old: dict[str, Any], new: dict[str, Any], line: str
) -> None:
    """The line follows from the proof and from the changes, and names every field that code has to be looked at for."""
    said = impact.opening(step(registry, old, new), plain)
    assert said.startswith(line.removesuffix("…")) if line.endswith("…") else said == line


def test_what_is_not_decided_is_called_so(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody knows whether code goes on working, the line neither says that it breaks nor that it does not."""
    one = step(registry, obj({"a": STRING, "zz": NUMERIC}), obj({"a": {**STRING, "x-known": ["on"]}}))
    monkeypatch.setattr(Comparison, "survives", Answer("undecided", "no proof was found"))
    assert impact.opening(one, plain).startswith(
        "It is not decided whether this breaks code, so it counts as if it did: look at code that reads `zz`,"
    )
    html = changes.told(
        changes.Entry(registry.event("jdcloud/vm/state-change"), one.new, one),
        "catalogue/jdcloud/vm/state-change.md",
    )
    assert "It is not decided whether code for the old version goes on working: no proof was found." in html


def test_a_section_says_what_the_comparison_says(either: Registry) -> None:
    """Of every version there is: the line first, major ones break code and others do not; each change below its class; changed words on one line; payloads before reasons."""
    for what in search.owners(either):
        for entry in changes.entries(what):
            html = changes.told(entry, f"catalogue/{what.id}.md")
            if not entry.step:
                assert "change since" not in html
                continue
            comparison = entry.step.comparison
            text = unescape(re.sub(r"<[^>]+>", "", html)).splitlines()
            opening = impact.opening(entry.step, str)
            assert text[0] == f"{comparison.bump} change since {entry.step.old.version}: {opening}"
            assert ("Breaks code that" in opening) == (
                comparison.bump == "major" and comparison.survives.state == "broken"
            )
            told = [change for change in comparison.changes if change.kind != "docs"]
            for change in told:
                below = html.partition(f"<span class='class'>{change.kind}</span>")[2].partition("<p")[0]
                assert f"{impact.dotted(change.path)} {' '.join(change.message.split())}" in unescape(
                    re.sub(r"<[^>]+>", "", below)
                )
            assert html.count("<span class='class'>") == len({change.kind for change in told})
            words = len(comparison.changes) - len(told)
            assert html.count("<summary>words changed at") == bool(words)
            assert ("is a minor change: code" in html) == any(
                impact.leaves_the_list(change) for change in told if comparison.bump == "minor"
            )
            for answer in (
                one for one in comparison.answers(law_only=True).values() if one.state == "broken"
            ):
                assert html.index("<pre") < html.index(f"Why: {markup.text(answer.reason)}")


def test_alternatives_of_required_fields_are_told_in_words() -> None:
    """That one of several fields is always there is said so, and not as JSON Schema."""
    either_one = {"anyOf": [{"required": ["a"]}, {"required": ["b", "c"]}]}
    wide, narrow = (
        obj({"a": STRING, "b": STRING, "c": STRING}),
        obj({"a": STRING, "b": STRING, "c": STRING}, **either_one),
    )
    (come,), (gone,) = compat.compare(wide, narrow).changes, compat.compare(narrow, wide).changes
    assert (come.kind, come.message) == (
        "guarantee",
        "guarantee strengthened: at least one of a, b with c is always there now",
    )
    assert (gone.kind, gone.message) == (
        "guarantee",
        "guarantee weakened: at least one of a, b with c was always there, and may be missing now",
    )
    assert compat.compare(narrow, wide).bump == "major"
    exactly = obj({"a": STRING, "b": STRING, "c": STRING}, oneOf=either_one["anyOf"])
    assert "form changed: oneOf" in compat.compare(wide, exactly).changes[0].message
