"""Renders changes: the section of each event page, the page of all changes, and the Atom feed. All but dates, notes and sources is computed."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from signalbook import compat
from signalbook.reading.strict_json import compact
from signalbook.registry import naming
from signalbook.site import impact, markup, schema_files
from signalbook.site.markup import code, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.compat import Change, Step
    from signalbook.registry import Contract, Envelope, Event, Registry

PAGE = "catalogue/changes.md"
FEED = "catalogue/changes.xml"

_WITNESSES = {
    "survives": "This payload keeps the new version, and code that relies on the old one may fail on it",
    "readsOld": "This payload was right under the old version, and the new one rejects it",
}
_UNDECIDED = {
    "survives": "It is not decided whether code for the old version goes on working",
    "readsOld": "It is not decided whether the new version takes every payload of the old one",
}
_WORST_FIRST = ("removed", "renamed", "moved", "retyped", "guarantee", "vocabulary", "additive")


@dataclass(frozen=True)
class Entry:
    """One version of an event or envelope. `step` compares it with the previous one; None for the first."""

    what: Event | Envelope
    contract: Contract
    step: Step | None

    @property
    def headline(self) -> str:
        """One-line summary of the entry."""
        kind = f"{self.step.comparison.bump} change" if self.step else "first version"
        return f"{self.what.title.en} {self.contract.version}: {kind}"


def entries(what: Event | Envelope) -> list[Entry]:
    """Return every version of an event or envelope, newest first; a bare form has none."""
    steps = {step.new.version: step for step in compat.history(what)}
    return [Entry(what, contract, steps.get(contract.version)) for contract in reversed(what.oldest_first())]


def everything(registry: Registry) -> list[Entry]:
    """Return every version of all events and envelopes by the day it was first seen, newest first."""
    owners: list[Event | Envelope] = [*registry.events.values(), *registry.envelopes.values()]
    found = [entry for what in owners for entry in entries(what)]
    return sorted(
        found,
        key=lambda entry: (
            entry.contract.first_seen,
            entry.contract.of,
            naming.version_key(entry.contract.version),
        ),
        reverse=True,
    )


def versions(what: Event | Envelope, here: str) -> str:
    """Return the changes of every version of an event or envelope as HTML, newest first."""
    lines = []
    for entry in entries(what):
        version = entry.contract.version
        lines += [
            f'<section class="version" id="v{version}">',
            f"<h3>{version}</h3>",
            told(entry, here),
            "</section>",
        ]
    return "\n".join(lines)


def told(entry: Entry, here: str) -> str:
    """Return the changes of a version as HTML: whom it breaks, who changed it and when, the changes by class, and the witnesses."""
    contract = entry.contract
    source = (
        f'<a href="{text(contract.source.url)}">{text(contract.source.title)}</a>'
        if contract.source.url
        else text(contract.source.title)
    )
    who = "the provider" if contract.by == "provider" else "our correction"
    lines = [f'<p class="breaks">{_opening(entry.step)}</p>'] if entry.step else []
    lines.append(
        f"<p>First seen {text(contract.first_seen)}, by {who}. {markup.linked(contract.note)} Seen in {source}.</p>"
    )
    if entry.step:
        command = f"signalbook diff {shlex.quote(contract.of)} {entry.step.old.version} {contract.version}"
        lines += [*_changes(entry.step), *_witnesses(entry.step), f"<p>{code(command)} shows the proof.</p>"]
    schema = markup.link(here, schema_files.schema_url_path(contract), "schema")
    return "\n".join(
        [*lines, f"<p>{schema} · {markup.link(here, schema_files.examples_path(contract), 'examples')}</p>"]
    )


def _opening(step: Step) -> str:
    bump = step.comparison.bump
    return f'<strong title="{bump}: {text(impact.MEANS[bump])}">{bump} change since {step.old.version}</strong>: {impact.opening(step, code)}'


def _changes(step: Step) -> Iterator[str]:
    """Yield the changes by class, worst first, with the meaning of each class. Wording changes are only counted, with the list folded away."""
    by_class: dict[str, list[Change]] = {kind: [] for kind in (*_WORST_FIRST, "docs")}
    for change in step.comparison.changes:
        by_class[change.kind].append(change)
    words = by_class.pop("docs")
    for kind, found in by_class.items():
        if found:
            why = (
                f" {impact.WHY_MINOR}"
                if step.comparison.bump == "minor" and any(impact.leaves_the_list(change) for change in found)
                else ""
            )
            yield f"<p class='kind'><span class='class'>{kind}</span> {text(compat.CLASSES[found[0].kind])}{why}</p>"
            yield markup.items(map(_row, found), "changes")
    if words:
        count = f"words changed at {len(words)} place{'' if len(words) == 1 else 's'}"
        yield markup.details(f"{count}: nothing to do", markup.items(map(_row, words), "changes"))


def _row(change: Change) -> str:
    return f"{code(impact.dotted(change.path))} {text(change.message)}"


def _witnesses(step: Step) -> Iterator[str]:
    for question, answer in step.comparison.answers(law_only=True).items():
        if answer.state == "broken":
            yield f"<p>{_WITNESSES[question]}:</p>"
            yield markup.json_block(answer.witness)
            yield f'<p class="soft">Why: {text(answer.reason)}.</p>'
        elif answer.state == "undecided":
            yield f"<p>{_UNDECIDED[question]}: {text(answer.reason)}.</p>"


def page(registry: Registry) -> str:
    """Return the page of all changes by year."""
    found = everything(registry)
    lines = [
        markup.head(PAGE, "What changed", "Every version of every contract, by the day it was first seen."),
        "# What changed",
        "",
    ]
    feed = markup.link(PAGE, FEED, "Atom feed")
    lines += [
        f"<p>Every version of every contract, by the first day there is evidence of it. As a feed for a reader of news: {feed}.</p>",
        "",
    ]
    years: dict[str, list[Entry]] = {}
    for entry in found:
        years.setdefault(entry.contract.first_seen[:4], []).append(entry)
    for year, of_year in years.items():
        lines += [f"## {year}", "", markup.items((_line(entry) for entry in of_year), "log"), ""]
    return "\n".join(lines)


def _line(entry: Entry) -> str:
    target = markup.link(
        PAGE, naming.page(entry.contract.of), text(entry.what.title.en), f"v{entry.contract.version}"
    )
    line = f"<time>{text(entry.contract.first_seen)}</time> {target} {code(entry.contract.of)} {text(entry.contract.version)}"
    if not entry.step:
        return f'{line} <span class="soft">first version</span>'
    places = [_row(change) for change in entry.step.comparison.changes if change.kind != "docs"]
    count = f"{len(places)} change{'' if len(places) == 1 else 's'}"
    return f"{line}<br>{_opening(entry.step)}{markup.details(count, markup.items(places, 'changes')) if places else ''}"


def feed(registry: Registry) -> bytes:
    """Return the Atom feed of all versions, newest first. An entry is dated 00:00 UTC of the day its version was first seen; its id never changes."""
    found = everything(registry)
    home = schema_files.home(registry)
    newest = found[0].contract.first_seen if found else "1970-01-01"
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<feed xmlns="http://www.w3.org/2005/Atom">']
    lines += [
        f"<title>{escape(registry.title)}: what changed</title>",
        f"<id>{escape(home)}{FEED}</id>",
        _dated(newest),
    ]
    lines += [
        f'<link rel="self" href="{escape(home)}{FEED}"/>',
        f'<link href="{escape(home)}catalogue/changes/"/>',
        f"<author><name>{escape(registry.name)}</name></author>",
    ]
    for entry in found:
        lines += _entry(entry, home)
    return "\n".join([*lines, "</feed>", ""]).encode()


def _entry(entry: Entry, home: str) -> list[str]:
    where = f"{home}{schema_files.page_path(entry.contract.of)}#v{entry.contract.version}"
    return [
        "<entry>",
        f"<title>{escape(entry.headline)}</title>",
        f"<id>{escape(entry.contract.schema['$id'])}</id>",
        _dated(entry.contract.first_seen),
        f'<link href="{escape(where)}"/>',
        f'<content type="html">{escape(_summary(entry))}</content>',
        "</entry>",
    ]


def _dated(day: str) -> str:
    return f"<updated>{day}T00:00:00Z</updated>"


def _summary(entry: Entry) -> str:
    """Return the summary for feed readers: whom it breaks, the note, the changes, the witness."""
    note = f"<p>{text(entry.contract.note)}</p>"
    if not entry.step:
        return note
    answers: dict[str, Any] = entry.step.comparison.answers(law_only=True)
    shown = [
        f"<p>{_WITNESSES[name]}: {code(compact(one.witness))}</p>"
        for name, one in answers.items()
        if one.state == "broken"
    ]
    return "\n".join([f"<p>{_opening(entry.step)}</p>", note, *_changes(entry.step), *shown])
