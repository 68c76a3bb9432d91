"""Renders the fields of a contract as a table: one row per field, with everything known about it and an anchor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook.engine import levels
from signalbook.reading.strict_json import shown
from signalbook.site import catalogue, markup
from signalbook.site.markup import code, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Envelope, Event
    from signalbook.site.catalogue import Field

EVIDENCE = {
    "documented": "stated by the provider",
    "sample": "seen in a printed sample only, in no table",
    "observed": "seen in a received payload, in no document",
    "inferred": "our conclusion: no table, sample or payload says it",
}
"""Short explanations of the four kinds of evidence."""

_MOST_VALUES = 16


@dataclass(frozen=True)
class Past:
    """History of a field: the first version that has it, and the listed values that each version added and removed."""

    since: str
    came: dict[str, list[Any]]
    went: dict[str, list[Any]]


def past(what: Event | Envelope) -> dict[str, Past]:
    """Return the history of each field of the newest version, by field path."""
    out: dict[str, Past] = {}
    before: dict[str, Field] = {}
    for contract in what.oldest_first():
        now = {field.path: field for field in catalogue.fields(contract)}
        out = {
            path: _after(out.get(path), before.get(path), field, contract.version)
            for path, field in now.items()
        }
        before = now
    return out


def _after(past: Past | None, old: Field | None, new: Field, version: str) -> Past:
    if past is None or old is None:
        return Past(version, {}, {})
    came = [one for one in new.values if one not in old.values] if old.values else []
    went = [one for one in old.values if one not in new.values] if new.values else []
    return Past(
        past.since,
        {**past.came, **({version: came} if came else {})},
        {**past.went, **({version: went} if went else {})},
    )


def table(what: Event | Envelope, example: Any) -> str:
    """Return the fields of the newest contract of an event or envelope as a table; `example` is a payload to take values from."""
    versions = past(what)
    first = what.oldest_first()[0].version
    doubts = [one.about.strip("/").replace("/", ".") for one in what.disagreements]
    rows = []
    for field in catalogue.fields(what.newest):
        # Link to the first disagreement about the field; they are listed below the sources in this order.
        doubt = doubts.index(field.path) if field.path in doubts else None
        rows.append(_row(field, versions[field.path], first, example, doubt))
    head = '<tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Sent</th><th scope="col">Meaning</th></tr>'
    return "\n".join(
        ['<table class="fields">', f"<thead>{head}</thead>", "<tbody>", *rows, "</tbody>", "</table>"]
    )


def _row(field: Field, past: Past, first: str, example: Any, doubt: int | None) -> str:
    name = markup.anchor(field.path)
    facts = [*_facts(field, example), *_history(past, first), *_certainty(field, doubt)]
    description = f"<p>{markup.linked(field.description)}</p>" if field.description else ""
    lines = [
        f'<tr id="{name}">',
        f'<td><a class="path" href="#{name}">{markup.name(field.path)}</a></td>',
        f"<td>{text(field.type)}</td>",
        f"<td>{'always' if field.always else 'sometimes'}</td>",
        f"<td>{description}<dl>{markup.pairs(facts)}</dl></td>",
        "</tr>",
    ]
    return "".join(lines)


def _facts(field: Field, example: Any) -> Iterator[tuple[str, str]]:
    if field.values:
        label = "known values" if field.open_list else ("value" if len(field.values) == 1 else "values")
        yield label, _values(field.values)
    yield from (
        (label, text(said))
        for label, said in (("form", field.form), ("zone", field.zone), ("unit", field.unit))
        if said
    )
    way = tuple(field.path.replace("[]", ".*").split("."))
    found = [value for _, value in levels.values_at(example, way) if not isinstance(value, dict | list)]
    if found and len(field.values) != 1:
        yield "example", code(shown(found[0]))


def _history(past: Past, first: str) -> Iterator[tuple[str, str]]:
    """Yield the version that introduced the field, and the values that were added and removed."""
    if past.since != first:
        yield "since", f'<a href="#v{past.since}">version {past.since}</a>'
    for label, values in (("came", past.came), ("went", past.went)):
        for version, of in values.items():
            yield label, f'{" ".join(map(markup.value, of))} with <a href="#v{version}">version {version}</a>'


def _certainty(field: Field, doubt: int | None) -> Iterator[tuple[str, str]]:
    """Yield how certain the facts are: the kind of evidence, the note, and whether the sources disagree."""
    yield (
        "evidence",
        f'<span class="evidence {field.evidence}" title="{EVIDENCE[field.evidence]}">{field.evidence}</span>',
    )
    if field.note:
        yield "note", markup.linked(field.note)
    if doubt is not None:
        yield "but", f'<a href="#d.{doubt}">the sources disagree</a>'


def _values(values: tuple[Any, ...]) -> str:
    """Return the listed values; the rest of a long list is collapsed."""
    head, rest = values[:_MOST_VALUES], values[_MOST_VALUES:]
    said = " ".join(map(markup.value, head))
    return said + (markup.details(f"and {len(rest)} more", " ".join(map(markup.value, rest))) if rest else "")
