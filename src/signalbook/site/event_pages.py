"""Renders the page of an event: its meaning, how it arrives, its fields, examples, versions and sources, and code to start with."""

from __future__ import annotations

import keyword
import re
import shlex
from typing import TYPE_CHECKING, Any

from signalbook.registry import examples, naming
from signalbook.registry.event_index import ANY
from signalbook.site import (
    catalogue,
    changes,
    delivery_examples,
    example_sections,
    field_table,
    markup,
    schema_files,
)
from signalbook.site.markup import code, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Contract, Event, Registry

_PLAIN = re.compile(r"[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*|[a-z][a-z0-9]*(?:[A-Z][a-z0-9]+)*")


def page(registry: Registry, event: Event) -> str:
    """Return the page of an event as Markdown. Raises `BrokenRegistry` for a schema that the engine cannot compile."""
    here, newest = naming.page(event.id), event.newest
    body = examples.shown(registry, newest)
    sections = [
        ("How it arrives", "arrives", delivery_examples.switch(registry, newest, here, body)),
        ("Fields", "fields", _fields(event, body)),
        ("Examples", "examples", example_sections.valid(registry, newest, here)),
        ("Invalid examples, and why", "invalid", example_sections.invalid(registry, newest, here)),
        ("Handle it", "handle", _handling(registry, event)),
        ("Check it", "check", _commands(event)),
        ("Versions", "versions", changes.versions(event, here)),
        ("Sources", "sources", markup.origins(event.sources, event.disagreements)),
        ("Downloads", "downloads", _downloads(event, here)),
    ]
    provider, service, _ = event.id.split("/")
    lines = [
        markup.head(here, event.title.en, event.summary, schema_files.about_path(event)),
        markup.trail(registry, here, provider, service),
        *_top(event, here),
    ]
    return "\n".join([*lines, *markup.in_sections(sections)])


def _top(event: Event, here: str) -> Iterator[str]:
    yield from (markup.heading(1, event.title.en, event.title.zh), "")
    yield f'<p class="lead">{text(event.summary)}</p>'
    status = f'<span class="badge {event.status}">{text(event.status)}</span>'
    if event.replaced_by:
        status += f" replaced by {markup.link(here, naming.page(event.replaced_by), code(event.replaced_by))}"
    about = [
        ("Sent", markup.linked(event.sent) if event.sent else "no document says when, or how surely"),
        (
            "Severity",
            text(event.severity)
            if event.severity != "unstated"
            else '<span title="the provider gives none">unstated</span>',
        ),
        ("Category", text(event.category)),
        ("Status", status),
        ("Provider's name", code(event.name) if event.name else "the provider gives none"),
        ("Known by", _known_by(event)),
        (
            "Newest version",
            f'<a href="#versions">{event.newest.version}</a>, first seen {text(event.newest.first_seen)}',
        ),
        ("Last verified", f"<time>{markup.verified(event.sources)}</time>"),
        ("Id", code(event.id)),
    ]
    yield from (markup.facts(about, f' data-event="{event.id}"'), "")


def _known_by(event: Event) -> str:
    if not event.match:
        return "its form: no value in it names it"
    return ", ".join(
        f"{text(part)} {code(value)}" if value != ANY else f"any {text(part)}"
        for part, value in event.match.items()
    )


def _fields(event: Event, body: Any) -> str:
    note = f"<p>Of version {event.newest.version}. Paths are those of the body<span id='prefix-note'></span>; <em>always</em> is promised, <em>sometimes</em> is not. "
    evidence = ", ".join(f"<em>{word}</em> {text(meaning)}" for word, meaning in field_table.EVIDENCE.items())
    table = field_table.table(event, body)
    return f"{note}Evidence: {evidence}.</p>\n{table}"


def _handling(registry: Registry, event: Event) -> str:
    """Return a handler for the newest version, which the tests run, and the location of the types of older versions."""
    package = naming.models_package(registry.name)
    path = naming.python_path(event.id, event.newest.version, event.versions)
    place, name = ".".join([package, *path.split(".")[:2]]), naming.python_class(event.id)
    told = ", ".join(f"{{body.{attribute}}}" for attribute in _attributes(event))
    snippet = [
        "import signalbook",
        f"from {place} import {name}",
        "",
        "",
        "def handle(payload: bytes) -> str:",
        "    match signalbook.parse(payload).body:",
        f"        case {name}() as body:",
        f'            return f"{name}: {told}"'
        if told
        else "            return body.model_dump_json(by_alias=True)",
        "        case other:",
        '            return f"not handled: {other}"',
    ]
    older = [
        f"{code(f'{package}.{naming.python_path(event.id, one.version, event.versions)}')} is version {one.version}"
        for one in event.older()
    ]
    lines = [markup.code_block("\n".join(snippet), "python")]
    return "\n".join([*lines, *([markup.items(older)] if older else [])])


def _attributes(event: Event) -> list[str]:
    """Return the Python attributes of up to three telling fields, ids first, then value lists, if the attribute name follows from the path."""
    sure = [
        field
        for field in catalogue.fields(event.newest)
        if field.always and _PLAIN.fullmatch(field.path) and field.type in ("string", "integer")
    ]
    telling = [field for field in sure if len(field.values) != 1]
    ranked = sorted(telling, key=lambda field: (not field.path.lower().endswith("id"), not field.values))
    names = [re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field.path).lower() for field in ranked]
    return [name for name in names if not keyword.iskeyword(name)][:3]


def _commands(event: Event) -> str:
    named = shlex.quote(event.id)  # an event id may contain shell syntax
    asked = (
        ("Check payload files:", "console", [f"$ signalbook validate --event {named} payloads/"]),
        (
            "Read the contract, and make payloads of it:",
            "console",
            [f"$ signalbook show {named}", f"$ signalbook sample {named} -n 5 --envelope any"],
        ),
        (
            "Write types into a project of your own:",
            "console",
            [f"$ signalbook generate types {named} --out app/events"],
        ),
        (
            "Write tests of a handler of yours:",
            "console",
            [f"$ signalbook generate tests {named} --handler app.hooks:handle --out tests"],
        ),
        (
            "As steps of a CI job:",
            "yaml",
            ["- run: pip install signalbook", f"- run: signalbook validate --event {named} fixtures/"],
        ),
    )
    return "\n".join(
        f"<p>{about}</p>\n{markup.code_block(chr(10).join(lines), language)}"
        for about, language, lines in asked
    )


def _downloads(event: Event, here: str) -> str:
    lines = [_of_version(contract, here) for contract in [event.newest, *event.older()]]
    aliases = [
        markup.link(here, path, code(path.rsplit("/", 1)[1])) for path in schema_files.alias_paths(event)
    ]
    lines.append(f"Always the newest: {', '.join(aliases)}. Pin a version in CI.")
    lines.append(
        f"This page as Markdown: {markup.link(here, schema_files.about_path(event), code('about.txt'))}"
    )
    return markup.items(lines, "downloads")


def _of_version(contract: Contract, here: str) -> str:
    body = markup.link(here, schema_files.bundle_path(contract), "body")
    readings = [
        markup.link(here, schema_files.bundle_path(contract, None, kind), kind)
        for kind in ("tolerant", "strict")
    ]
    return f"Version {contract.version}: {', '.join([body, *readings, markup.link(here, schema_files.examples_path(contract), 'examples')])}"
