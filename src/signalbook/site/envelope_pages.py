"""Renders the page of an envelope: how it is recognized, where its content is, its fields, examples, versions, sources and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from signalbook.reading import pointers
from signalbook.registry import examples, naming
from signalbook.site import changes, example_sections, field_table, markup, overviews, schema_files
from signalbook.site.markup import code, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Envelope, Event, Registry


Carried = Mapping[tuple[str, ...], "list[Event]"]
"""Events that travel in an envelope, by the envelopes inside it."""


def page(registry: Registry, envelope: Envelope, carried: Carried) -> str:
    """Return the page of an envelope as Markdown; a bare form, which has no contract, has fewer sections.

    `carried` is its entry in the result of `delivery_examples.carried`: what travels in an envelope that holds any payload.
    """
    here = naming.page(envelope.id)
    newest = None if envelope.bare else envelope.newest
    travelling = [event for event in registry.events.values() if envelope.id in event.envelopes]
    sections = [
        ("What travels in it", "inside", _inside(registry, carried, here)),
        ("Open it", "open", _opening(envelope) if carried else ""),
        ("Fields", "fields", field_table.table(envelope, examples.shown(registry, newest)) if newest else ""),
        ("Examples", "examples", example_sections.valid(registry, newest, here) if newest else ""),
        (
            "Invalid examples, and why",
            "invalid",
            example_sections.invalid(registry, newest, here) if newest else "",
        ),
        ("Events that travel in it", "events", overviews.table(travelling, here) if travelling else ""),
        ("Versions", "versions", changes.versions(envelope, here)),
        ("Sources", "sources", markup.origins(envelope.sources, envelope.disagreements)),
    ]
    twin = None if envelope.bare else schema_files.about_path(envelope)
    lines = [
        markup.head(here, envelope.title.en, envelope.summary, twin),
        markup.trail(registry, here, envelope.id.split("/")[0]),
        *_top(envelope),
    ]
    return "\n".join([*lines, *markup.in_sections(sections)])


def _inside(registry: Registry, carried: Carried, here: str) -> str:
    lines = []
    for inside, found in carried.items():
        names = " → ".join(
            markup.link(here, naming.page(one), text(registry.envelopes[one].title.en)) for one in inside
        )
        lines.append(f"<h3>{names or 'Bodies with nothing else around them'}</h3>")
        lines.append(
            markup.details(
                f"{len(found)} {'event' if len(found) == 1 else 'events'}", overviews.table(found, here)
            )
        )
    return "\n".join(lines)


def _opening(envelope: Envelope) -> str:
    """Return Python code that extracts the content of an envelope by hand; `signalbook.parse` does the same for all of them."""
    steps = "".join("[0]" if step == "*" else f'["{step}"]' for step in envelope.at)
    lines = ["import json", "", "outer = json.loads(payload)", f"inner = outer{steps}"]
    if envelope.at in envelope.decode:
        lines[-1] = f"inner = json.loads(outer{steps})"
    if envelope.base64:
        lines[0] = "import base64\nimport json"
        lines[-1] = (
            f'text = outer{steps}\ninner = json.loads(text if text.lstrip().startswith(("{{", "[")) else base64.b64decode(text))'
        )
    said = "<p>By hand; <code>signalbook.parse(payload)</code> opens all envelopes, whatever they are, and returns typed bodies.</p>"
    return f"{said}\n{markup.code_block(chr(10).join(lines), 'python')}"


def _top(envelope: Envelope) -> Iterator[str]:
    yield from (
        markup.heading(1, envelope.title.en, envelope.title.zh),
        "",
        f'<p class="lead">{text(envelope.summary)}</p>',
    )
    holds = "an event's body" if envelope.holds == "event" else "another payload, which is opened in its turn"
    about = [
        ("Id", code(envelope.id)),
        ("Known by", _known_by(envelope)),
        (
            "Holds",
            f"{holds}, at {code(pointers.join(envelope.at))}"
            if envelope.at
            else "nothing around the body: the document is the body",
        ),
        *(("JSON text in", code(pointers.join(place))) for place in envelope.decode),
        *((("Base64", "the JSON text may stand in Base64 as well"),) if envelope.base64 else ()),
        *((("Names the event by", " and ".join(_keys(envelope))),) if envelope.key else ()),
        ("Last verified", f"<time>{markup.verified(envelope.sources)}</time>"),
    ]
    yield from (markup.facts(about), "")


def _known_by(envelope: Envelope) -> str:
    rule = envelope.recognise
    keys = " ".join(map(code, rule.keys))
    return f"{rule.least} of these keys: {keys}" if rule.least < len(rule.keys) else f"the keys {keys}"


def _keys(envelope: Envelope) -> Iterator[str]:
    for part, rule in envelope.key.items():
        yield f"{text(part)} at {code(pointers.join(rule.path))}"
