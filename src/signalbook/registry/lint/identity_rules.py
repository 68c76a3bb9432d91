"""Lint rules for identity: names, titles, matches, sources, and the format of the files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from signalbook.errors import Fault
from signalbook.reading import json_text, pointers, strict_json
from signalbook.registry import naming
from signalbook.registry.lint.rule import Rule, canonical, files, owners
from signalbook.registry.tree_reader import META

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Registry, Title


def _format(registry: Registry) -> Iterator[Fault]:
    for name, data in files(registry):
        try:
            wanted = canonical(data)
        except json_text.NotJSON as error:
            yield Fault(
                name,
                "",
                str(error),
                error.hint or "write valid JSON; a sample that is not JSON belongs in unreadable/",
            )
            continue
        if wanted is None:
            yield Fault(
                name,
                "",
                "the canonical format would change a number in it",
                "write the number in its shortest decimal form, or as a string",
            )
        elif data != wanted:
            yield Fault(name, "", "is not in the canonical format", "run 'signalbook lint --fix'")


def _meta_order(registry: Registry) -> Iterator[Fault]:
    own = {
        "registry": ["registry.json"],
        "provider": [f"{provider}/provider.json" for provider in registry.providers],
    }
    own |= {"event": [f"{event}/event.json" for event in registry.events]}
    own |= {"envelope": [f"{naming.folder(envelope)}/envelope.json" for envelope in registry.envelopes]}
    for role, names in own.items():
        order = list(strict_json.loads((META / f"{role}.schema.json").read_bytes())["properties"])
        for name in names:
            keys = list(strict_json.loads((registry.root / name).read_bytes()))
            if keys != sorted(keys, key=order.index):
                yield Fault(
                    name,
                    "",
                    f"the keys are in the order {', '.join(keys)}",
                    f"put them in the order {', '.join(order)}",
                )


def _folder_name(registry: Registry) -> Iterator[Fault]:
    for event in registry.events.values():
        folder = event.id.split("/")[-1]
        if event.name is not None and folder != naming.kebab(event.name):
            yield Fault(
                f"{event.id}/event.json",
                "/name",
                f"the folder of {event.name!r} is {folder!r}",
                f"rename it to {naming.kebab(event.name)!r}",
            )
    for contract_id in (*registry.events, *registry.envelopes):
        for word in contract_id.split("/"):
            if not naming.WORD.fullmatch(word):
                yield Fault(
                    naming.folder(contract_id),
                    "",
                    f"{word!r} is not in kebab-case",
                    "use lowercase letters, digits and single hyphens",
                )


def _collision(registry: Registry) -> Iterator[Fault]:
    for found in registry.index.collisions:
        key = ", ".join(f"{part} {value!r}" for part, value in found.key) or "no key part"
        message = f"{found.envelope} cannot tell {found.events[0]} from {found.events[1]}: both have {key}"
        yield Fault(
            f"{found.events[1]}/event.json",
            "/match",
            message,
            "use different values in 'match', or add a key part to the envelope",
        )


def _twins(registry: Registry) -> Iterator[Fault]:
    known: dict[str, str] = {}
    for envelope in registry.envelopes.values():
        rule = envelope.recognise
        tests = [
            repr(sorted(map(repr, found)))
            for found in (rule.some, rule.likely, rule.values.items(), rule.inside.items())
        ]
        same = repr((sorted(rule.keys), rule.least, sorted(rule.absent), tests))
        other = known.setdefault(same, envelope.id)
        if other != envelope.id:
            message = f"nothing distinguishes it from {other}: every payload would match both"
            yield Fault(
                f"{naming.folder(envelope.id)}/envelope.json",
                "/recognise",
                message,
                "add a key that only one of them has, or a test on a value",
            )


def _match_parts(registry: Registry) -> Iterator[Fault]:
    for event in registry.events.values():
        parts = {part for one in event.envelopes for part in registry.envelopes[one].key}
        for part in sorted(parts - set(event.match)):
            message = f"its envelopes use {part!r}, but 'match' has no value for it"
            yield Fault(
                f"{event.id}/event.json", "/match", message, f"add {part!r}, or use the value * to match any"
            )
        for part in sorted(set(event.match) - parts) if "match" in _document(registry, event.id) else []:
            yield Fault(
                f"{event.id}/event.json",
                f"/match/{part}",
                f"none of its envelopes has a key part {part!r}",
                "remove it",
            )


def _document(registry: Registry, event_id: str) -> Any:
    return strict_json.loads((registry.root / event_id / "event.json").read_bytes())


def _holds_events(registry: Registry) -> Iterator[Fault]:
    for event in registry.events.values():
        for place, envelope_id in enumerate(event.envelopes):
            if registry.envelopes[envelope_id].holds != "event":
                message = f"{envelope_id} holds payloads, not bodies"
                yield Fault(
                    f"{event.id}/event.json",
                    f"/envelopes/{place}",
                    message,
                    "name the envelopes directly around the body",
                )


_CHINESE = re.compile("[\u4e00-\u9fff]")


def _titles(registry: Registry) -> Iterator[Fault]:
    named: list[tuple[str, str, Title, str]] = []
    for provider in registry.providers.values():
        file = f"{provider.id}/provider.json"
        named.append((file, "/title", provider.title, provider.id))
        named += [
            (file, f"/services/{service.id.split('/')[1]}/title", service.title, provider.id)
            for service in provider.services.values()
        ]
    for kind, several in (("event", registry.events), ("envelope", registry.envelopes)):
        named += [
            (f"{naming.folder(one.id)}/{kind}.json", "/title", one.title, one.id.split("/")[0])
            for one in several.values()
        ]
    for file, pointer, title, provider_id in named:
        if _CHINESE.search(title.en):
            yield Fault(
                file,
                f"{pointer}/en",
                f"{title.en!r} is not English",
                "translate it; the provider's own words belong in zh",
            )
        if title.zh and not _CHINESE.search(title.zh):
            yield Fault(
                file,
                f"{pointer}/zh",
                f"{title.zh!r} is not Chinese",
                "write the title from the provider's Chinese pages, or remove it",
            )
        if title.zh and title.note:
            yield Fault(
                file,
                f"{pointer}/note",
                "says why there is no Chinese title, but there is one",
                "keep one of them",
            )
        if not title.zh and not title.note and registry.providers[provider_id].title.zh:
            fix = "add the title from its Chinese pages as zh, or explain in note why there is none"
            yield Fault(file, pointer, "has no Chinese title, though the provider has Chinese names", fix)


def _known_names(registry: Registry) -> Iterator[Fault]:
    for service in registry.services.values():
        file, pointer = f"{service.id.split('/')[0]}/provider.json", f"/services/{service.id.split('/')[1]}"
        own = [event for event in registry.events.values() if event.id.rpartition("/")[0] == service.id]
        for event in own:
            if event.name and event.name in service.known_names:
                fix = "remove it: an event in the catalogue has that name"
                yield Fault(
                    file,
                    f"{pointer}/knownNames/{pointers.escape(event.name)}",
                    f"is the name of {event.id}",
                    fix,
                )
        parts = {
            part for event in own for envelope in event.envelopes for part in registry.envelopes[envelope].key
        } - {"name"}
        for part in sorted(parts ^ set(service.match)) if service.known_names else ():
            fix = "set a value for each key part of the envelopes of the service's events except 'name', and for no other"
            yield Fault(file, f"{pointer}/match", f"{part!r} is missing or is not a key part", fix)


def _replaced_by(registry: Registry) -> Iterator[Fault]:
    for event in registry.events.values():
        file = f"{event.id}/event.json"
        if event.replaced_by and event.replaced_by not in registry.events:
            yield Fault(
                file, "/replacedBy", f"unknown event {event.replaced_by!r}", "use an event in this tree"
            )
        if event.replaced_by and event.status != "deprecated":
            yield Fault(
                file,
                "/status",
                f"is {event.status!r}, although another event replaced it",
                "write 'deprecated'",
            )


def _sources_cited(registry: Registry) -> Iterator[Fault]:
    for provider in registry.providers.values():
        own = [one for one in owners(registry) if one.id.split("/")[0] == provider.id]
        cited = {source.id for one in own for source in one.sources}
        cited |= {contract.source.id for one in own for contract in one.versions.values()}
        cited |= {source.id for neighbour in provider.neighbours.values() for source in neighbour.sources}
        cited |= {
            known.source.id
            for service in provider.services.values()
            for known in service.known_names.values()
        }
        for source in sorted(set(provider.sources) - cited):
            yield Fault(
                f"{provider.id}/provider.json",
                f"/sources/{source}",
                "nothing cites this source",
                "cite it, or remove it",
            )


RULES = (
    Rule("format", "with one way to write a file, a diff shows only what changed", _format),
    Rule("metadata-order", "readers find the same key in the same place in every file", _meta_order),
    Rule(
        "folder-name",
        "the id follows from the provider's name, so if you know one, you can find the other",
        _folder_name,
    ),
    Rule("collision", "if an envelope cannot tell two events apart, signalbook can only guess", _collision),
    Rule("twins", "if nothing distinguishes two envelopes, every payload is ambiguous", _twins),
    Rule(
        "match-parts",
        "without its own value for every key part, an event would match payloads of another event",
        _match_parts,
    ),
    Rule(
        "holds-events",
        "an event lists only the envelopes directly around its body; outer envelopes follow from them",
        _holds_events,
    ),
    Rule("titles", "people search for events in their own language", _titles),
    Rule(
        "known-names",
        "names without documented content must be distinguishable from events with a contract",
        _known_names,
    ),
    Rule("replaced-by", "a link to a successor must lead to an event", _replaced_by),
    Rule("sources-cited", "a source that nothing cites supports nothing", _sources_cited),
)
