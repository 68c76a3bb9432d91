"""Renders a comparison as text for a terminal, as Markdown for a pull request, or as the lines below a version on an event's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook import terminal
from signalbook.compat.changes import CLASSES
from signalbook.compat.decision import DRAWS
from signalbook.reading.strict_json import compact
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.compat.changes import Change
    from signalbook.compat.comparison import Comparison
    from signalbook.compat.decision import Answer
    from signalbook.compat.history import Step

_QUESTIONS = {
    "backward": "the new schema accepts everything that the old one accepts",
    "forward": "the old schema accepts everything that the new one accepts",
    "survives": "a consumer that relies on the old version keeps working",
    "readsOld": "the new version accepts what was sent under the old one",
}
_LABELS = {"backward": "backward", "forward": "forward", "survives": "survives", "readsOld": "reads old"}


def text(comparison: Comparison, old: str, new: str) -> str:
    """Render a comparison as text. `old` and `new` are the names of the two sides."""
    lines = [f"{old} → {new}: {_head(comparison)}", ""]
    for question, answer in comparison.answers().items():
        lines.append(f"  {_LABELS[question]:<11}{answer.state:<11}{_QUESTIONS[question]}")
        lines += [f"{'':<13}{line}" for line in _because(answer)]
    if comparison.changes:
        lines += ["", "Changes", *(f"  {_line(change)}" for change in comparison.changes)]
    if meaning := list(means(comparison)):
        lines += ["", "What this means for consumers", *(f"  {line}" for line in meaning)]
    return terminal.lines([*lines, "", _bound(comparison)])


def _head(comparison: Comparison) -> str:
    return "nothing changed" if comparison.bump == "none" else f"{comparison.bump} change"


def _place(change: Change) -> str:
    return change.path or "(whole payload)"


def _line(change: Change) -> str:
    return safe(f"{_place(change)}  {change.message}  [{change.kind}]")


def _because(answer: Answer) -> list[str]:
    if answer.state == "broken":
        return [f"witness: {terminal.json_lines(compact(answer.witness))}", answer.reason]
    return [answer.reason] if answer.state == "undecided" else []


def _bound(comparison: Comparison) -> str:
    drawn = f"at most {DRAWS} drawn values, and {comparison.seconds:g} s in total"
    return f"Answers are proved by set algebra, or shown by a witness that both engines agree on. If neither is found, the search is limited: {drawn}."


def means(comparison: Comparison) -> Iterator[str]:
    """Yield what a change means for receivers: one sentence per class, and one per question of the version rules."""
    yield from (
        CLASSES[kind]
        for kind in dict.fromkeys(change.kind for change in comparison.changes)
        if kind != "docs"
    )
    match comparison.survives.state:
        case "broken":
            yield "Code written for the old version can receive payloads that break what it relies on: see the witness of 'survives'."
        case "undecided":
            yield "It is undecided whether code written for the old version keeps working, so this counts as a major change until it is proved safe."
    if comparison.reads_old.state == "broken":
        yield "Stored payloads need the old version: the new one rejects some of them, as the witness of 'reads old' shows."
    if {change.kind for change in comparison.changes} == {"docs"} and comparison.bump == "patch":
        yield CLASSES["docs"]


def markdown(comparison: Comparison, old: str, new: str) -> str:
    """Render a comparison as Markdown: a table of questions, a table of changes, and the witnesses as code."""
    answers = comparison.answers()
    lines = [
        f"### {_cell(old)} → {_cell(new)}: {_head(comparison)}",
        "",
        "| question | verdict | |",
        "|---|---|---|",
    ]
    lines += [
        f"| {_LABELS[question]} | **{answer.state}** | {_cell(_QUESTIONS[question])} |"
        for question, answer in answers.items()
    ]
    if comparison.changes:
        lines += ["", "| where | class | change |", "|---|---|---|"]
        lines += [
            f"| `{_cell(_place(change))}` | {change.kind} | {_cell(change.message)} |"
            for change in comparison.changes
        ]
    for question, answer in answers.items():
        if answer.state == "broken":
            lines += [
                "",
                f"Witness against *{_LABELS[question]}* ({_cell(answer.reason)}):",
                "",
                "```json",
                terminal.json_lines(compact(answer.witness)),
                "```",
            ]
        elif answer.state == "undecided":
            lines += ["", f"Why *{_LABELS[question]}* is undecided: {_cell(answer.reason)}"]
    lines += ["", *(f"- {line}" for line in means(comparison))]
    return "\n".join([*lines, "", _bound(comparison)])


def _cell(text: str) -> str:
    return safe(text.replace("\n", " ")).replace("|", "\\|")


def version_lines(step: Step) -> Iterator[str]:
    """Yield the lines below a version on an event's page: the class of the change, the changes, what they mean, the witness."""
    comparison = step.comparison
    yield f"{_head(comparison)} since {step.old.version}"
    told = [change for change in comparison.changes if change.kind != "docs"]
    yield from map(_line, told)
    words = len(comparison.changes) - len(told)
    yield from [f"words changed at {words} place{'' if words == 1 else 's'}"] if words else []
    yield from means(comparison)
    for question, answer in comparison.answers(law_only=True).items():
        yield from (
            [f"witness against '{_LABELS[question]}': {terminal.json_lines(compact(answer.witness))}"]
            if answer.state == "broken"
            else []
        )
