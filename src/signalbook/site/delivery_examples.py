"""Renders how an event arrives: its body alone, in each envelope, and in nested envelopes, with a switch between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook.envelopes.opener import open_payload
from signalbook.reading import pointers
from signalbook.reading.strict_json import revealed
from signalbook.registry import examples, naming
from signalbook.registry.event_index import ANY
from signalbook.site import catalogue, markup, schema_files
from signalbook.site.markup import code, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.envelopes.opener import Opened
    from signalbook.registry import Contract, Envelope, Event, Registry

ALONE = "body"


@dataclass(frozen=True)
class Arrival:
    """One way of arriving: its route (`mns-http+cloudmonitor`, or `body`), an example with its file name and payload, and the opened payload."""

    word: str
    file: str
    payload: Any
    opened: Opened

    @property
    def envelopes(self) -> tuple[Envelope, ...]:
        """The envelopes around the body, from the outside in."""
        return tuple(layer.envelope for layer in self.opened.wrappers)

    @property
    def label(self) -> str:
        """The label of the switch."""
        return " → ".join(one.title.en for one in self.envelopes)


def arrivals(registry: Registry, contract: Contract) -> list[Arrival]:
    """Return the ways in which an event arrives in an envelope, with one example each; nested envelopes come last."""
    found: dict[str, Arrival] = {}
    for example, payload in examples.read(examples.of(registry, contract, "delivered")):
        word = example.words[0]
        opened = next(
            (one for one in open_payload(payload, registry) if one.event and one.event.id == contract.of),
            None,
        )
        # Prefer the plain name, which is the usual case, to variants like `cloudmonitor--printed`.
        if opened and (word not in found or len(example.words) == 1):
            found[word] = Arrival(word, example.file.name, payload, opened)
    order = [one.split("/")[1] for one in registry.events[contract.of].envelopes]
    return sorted(
        found.values(),
        key=lambda one: (
            len(one.envelopes),
            order.index(one.word) if one.word in order else len(order),
            one.word,
        ),
    )


def carried(registry: Registry) -> dict[str, dict[tuple[str, ...], list[Event]]]:
    """Return, for each envelope that holds any payload, the events that examples show in it, by the envelopes inside it (none for a bare body)."""
    out: dict[str, dict[tuple[str, ...], list[Event]]] = {}
    for event in registry.events.values():
        for one in arrivals(registry, event.newest):
            for place, envelope in enumerate(one.envelopes):
                inside = tuple(inner.id for inner in one.envelopes[place + 1 :])
                if envelope.holds != "event":
                    out.setdefault(envelope.id, {}).setdefault(inside, []).append(event)
    return out


def switch(registry: Registry, contract: Contract, here: str, body: Any) -> str:
    """Return the switch and a panel for each choice. It uses radio buttons, so it works without a script. `body` is an example of the body alone."""
    ways = [one for one in arrivals(registry, contract) if one.envelopes]
    bare = [
        registry.envelopes[one]
        for one in registry.events[contract.of].envelopes
        if registry.envelopes[one].bare
    ]
    entries = [(one.word, one.label, _panel(registry, contract, one, here), _prefix(one)) for one in ways]
    entries.append(
        (
            ALONE,
            bare[0].title.en if bare else "The body alone",
            _alone(registry, contract, here, body, bare),
            "",
        )
    )
    lines = [
        '<div class="switch" id="arrivals">',
        '<div class="choices" role="radiogroup" aria-label="Envelope">',
    ]
    for number, (word, label, _, prefix) in enumerate(entries):
        chosen = " checked" if number == 0 else ""
        lines.append(
            f'<label><input type="radio" name="envelope" value="{text(word)}" data-prefix="{text(prefix)}"{chosen}><span>{text(label)}</span></label>'
        )
    lines += [
        "</div>",
        *(
            f'<section class="panel" id="in.{text(word)}">\n{panel}\n</section>'
            for word, _, panel, _ in entries
        ),
        "</div>",
    ]
    return "\n".join(lines)


def _prefix(one: Arrival) -> str:
    """Return the prefix of field paths in this envelope: `Message.content.`."""
    return "".join(f"{'[]' if isinstance(step, int) else step}." for step in one.opened.path).replace(
        ".[]", "[]"
    )


def _panel(registry: Registry, contract: Contract, one: Arrival, here: str) -> str:
    chain = " → ".join(markup.link(here, naming.page(layer.id), code(layer.id)) for layer in one.envelopes)
    outer, inner = one.envelopes[0], one.envelopes[-1]
    lines = [
        f"<p>{chain}. {text(outer.summary)} {' '.join(_travels(outer))}</p>",
        f"<p>{_where(one)} {' '.join(_named(one))}</p>",
    ]
    lines.append(f'<p class="soft">{_origin(one.file)}</p>')
    lines.append(markup.json_block(one.payload))
    around = (f"{code(layer.id)}: {_around(layer, here)}" for layer in one.envelopes)
    lines.append(markup.details("Fields around the body", markup.items(around)))
    if len(one.envelopes) > 1 or inner.holds != "event":
        schemas = " ".join(
            markup.link(here, schema_files.schema_url_path(layer.newest), code(layer.id))
            for layer in one.envelopes
            if layer.holds != "event"
        )
        lines.append(f"<p>What stands outside has a schema of its own: {schemas}. Inside it:</p>")
    # For a bare body inside an envelope that holds any payload, only the schema of the body applies.
    lines.append(_downloads(registry, contract, inner if inner.holds == "event" else None, here))
    return "\n".join(lines)


def _origin(file: str) -> str:
    """Return the origin of an example, which its file name states."""
    words = file.removesuffix(".json").split("--")[1:]
    if any("printed" in word for word in words):
        return "Printed by the provider."
    if any(word.startswith(("received", "seen")) for word in words):
        return "Received."
    return "Put together from what the documents say."


def _around(envelope: Envelope, here: str) -> str:
    """Return the names of an envelope's own fields, each with a link to its row on the envelope's page."""
    tops = [
        field
        for field in catalogue.fields(envelope.newest)
        if "." not in field.path and "[]" not in field.path
    ]
    return " ".join(
        markup.link(here, naming.page(envelope.id), text(field.path), f"f.{field.path}") for field in tops
    )


def _named(one: Arrival) -> Iterator[str]:
    """Yield the values that name the event in this payload, as delivered: a name may be followed by a status."""
    for clue in one.opened.clues:
        if clue.part == "name" and clue.text is not None:
            # A general event takes any name, and the payload shows one of many.
            general = one.opened.event is not None and one.opened.event.match.get("name") == ANY
            yield f"{code(clue.pointer)} {'is any name; here' if general else 'names it:'} {markup.value(standing_at(one.payload, clue.pointer))}."


def standing_at(payload: Any, pointer: str) -> Any:
    """Return the value at a pointer of a payload; strings on the way are parsed as JSON text."""
    value = payload
    for step in pointers.split(pointer):
        value = revealed(value)
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _where(one: Arrival) -> str:
    pointer = pointers.join(one.opened.path)
    said = f"The body stands at {code(pointer)}" if pointer else "The body is the whole payload"
    folded = list(_texts(one))
    return (
        f"{said}; {' and '.join(map(code, folded))} {'holds' if len(folded) == 1 else 'hold'} JSON text in a string."
        if folded
        else f"{said}."
    )


def _texts(one: Arrival) -> Iterator[str]:
    """Yield the pointers of strings that hold JSON text, on the way to the body or in its place."""
    value = one.payload
    for place, step in enumerate((*one.opened.path, None)):
        if isinstance(value, str):
            yield pointers.join(one.opened.path[:place])
            value = revealed(value)
        value = value[step] if step is not None else value


def _travels(envelope: Envelope) -> Iterator[str]:
    if envelope.transport.form:
        yield "It arrives as a form (<code>application/x-www-form-urlencoded</code>); its fields are shown here as JSON."
    if envelope.transport.gzip:
        yield "It arrives compressed with gzip."


def _alone(registry: Registry, contract: Contract, here: str, body: Any, bare: list[Envelope]) -> str:
    about = (
        f"{markup.link(here, naming.page(bare[0].id), code(bare[0].id))}. {text(bare[0].summary)}"
        if bare
        else "What all envelopes carry."
    )
    return "\n".join([f"<p>{about}</p>", markup.json_block(body), _downloads(registry, contract, None, here)])


def _downloads(registry: Registry, contract: Contract, envelope: Envelope | None, here: str) -> str:
    """Return links to the schema of the innermost envelope, or of the body, and to its two variants, and its URL to copy."""
    around = f" in {code(envelope.id)}" if envelope else ", the body alone"
    path = schema_files.bundle_path(contract, envelope)
    links = [markup.link(here, path, "as documented")]
    links += [
        markup.link(here, schema_files.bundle_path(contract, envelope, kind), kind)
        for kind in ("tolerant", "strict")
    ]
    said = f'<p class="downloads">JSON Schema of version {contract.version}{around}: {", ".join(links)}</p>'
    return f"{said}\n{markup.code_block(schema_files.url(registry, path), 'text')}"
