"""Builds the values of `model` from the documents of a tree; records what does not fit together as faults, and continues."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from signalbook.engine import suggestions
from signalbook.reading import pointers
from signalbook.registry import naming
from signalbook.registry.model import (
    Attribute,
    Contract,
    Disagreement,
    Envelope,
    Event,
    KeyPart,
    KnownName,
    Neighbour,
    Provider,
    Recognition,
    Service,
    Source,
    Title,
    Transport,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.levels import Slot
    from signalbook.engine.schema_validator import Library
    from signalbook.registry.model import Test
    from signalbook.registry.tree_reader import Files
    from signalbook.registry.trusted_reader import TrustedFiles

_UNKNOWN_SOURCE = Source("unknown", "unknown", "1970-01-01")


class Maker:
    """Builds the values of one tree. Use them only if `files.faults` is empty."""

    def __init__(self, files: Files | TrustedFiles, library: Library) -> None:
        self.files = files
        self.library = library
        self._unread: set[str] = (
            set()
        )  # providers whose file is missing or broken, so lookups in them are skipped

    def providers(self) -> dict[str, Provider]:
        """Return the providers by id, after checking that every folder of events is a service of one."""
        out = {}
        for name in self.files.roles.get("provider", []):
            if not self.files.sound(name):
                continue
            provider, document = name.split("/")[0], self.files.documents[name]
            sources = {key: Source(key, **value) for key, value in document["sources"].items()}
            out[provider] = made = Provider(provider, _title(document), {}, sources, {})
            services = {key: self._service(name, made, key) for key in document["services"]}
            neighbours = {key: self._neighbour(name, made, key) for key in document.get("neighbours", {})}
            out[provider] = made._replace(services=services, neighbours=neighbours)
        for name in [*self.files.roles.get("event", []), *self.files.roles.get("envelope", [])]:
            provider, service = name.split("/")[:2]
            if provider not in out:
                if f"{provider}/provider.json" not in self.files.roles.get("provider", []):
                    self.files.fault(
                        f"{provider}/provider.json",
                        "",
                        "no such file",
                        "add it, with the provider's title, services and sources",
                    )
                out[provider] = Provider(provider, Title(provider), {}, {}, {})
                self._unread.add(provider)
            elif (
                service != "_envelopes"
                and service not in out[provider].services
                and provider not in self._unread
            ):
                self.files.fault(
                    f"{provider}/provider.json",
                    "/services",
                    f"the service {service!r} is missing",
                    "add its title and summary",
                )
        return out

    def _service(self, name: str, provider: Provider, key: str) -> Service:
        about = self.files.documents[name]["services"][key]
        service_id = f"{provider.id}/{key}"
        known = {}
        for word, entry in about.get("knownNames", {}).items():
            source = self._source(
                name,
                pointers.join(("services", key, "knownNames", word, "source")),
                provider,
                entry["source"],
            )
            known[word] = KnownName(service_id, word, entry["note"], source)
        return Service(service_id, _title(about), about["summary"], about.get("match", {}), known)

    def _neighbour(self, name: str, provider: Provider, key: str) -> Neighbour:
        about = self.files.documents[name]["neighbours"][key]
        rule = self._recognition(name, pointers.join(("neighbours", key, "recognise")), about["recognise"])
        sources = self._sources_of(name, f"/neighbours/{key}", provider, about["sources"])
        return Neighbour(f"{provider.id}/{key}", _title(about), about["summary"], rule, sources)

    def _recognition(self, name: str, pointer: str, rule: dict[str, Any]) -> Recognition:
        lists = [
            (pointer, rule),
            *(
                (f"{pointer}/inside/{pointers.escape(where)}", inner)
                for where, inner in rule.get("inside", {}).items()
            ),
        ]
        for where, one in lists:
            if one.get("least", 0) > len(one["keys"]):
                message = f"requires {one['least']} of {len(one['keys'])} keys, so it never matches"
                self.files.fault(name, f"{where}/least", message, "require at most as many as there are")
        return Recognition(
            keys=tuple(rule["keys"]),
            least=rule.get("least", len(rule["keys"])),
            some=_tests(rule, "some"),
            likely=_tests(rule, "likely"),
            absent=frozenset(rule.get("absent", ())),
            values={pointers.split(where): test for where, test in rule.get("values", {}).items()},
            inside={
                pointers.split(where): (frozenset(one["keys"]), one.get("least", len(one["keys"])))
                for where, one in rule.get("inside", {}).items()
            },
        )

    def envelopes(self, providers: dict[str, Provider]) -> dict[str, Envelope]:
        """Return the envelopes by id."""
        out = {}
        for name in self.files.roles.get("envelope", []):
            if self.files.sound(name):
                words = name.split("/")
                envelope_id = f"{words[0]}/{words[2]}"
                out[envelope_id] = self._envelope(name, envelope_id, providers[words[0]])
        return out

    def _envelope(self, name: str, envelope_id: str, provider: Provider) -> Envelope:
        document = self.files.documents[name]
        slot = document["slot"]
        if document["kind"] == "bare" and (slot["at"] or document.get("versions")):
            self.files.fault(
                name,
                "/slot",
                "a bare form is the whole document and has no versions",
                'write "at": "" and remove the versions',
            )
        if document["kind"] == "wrapper" and not document.get("versions"):
            self.files.fault(
                name, "", "has no versions", "a wrapper needs a contract: add 1.0.0.json and an entry for it"
            )
        return Envelope(
            id=envelope_id,
            title=_title(document),
            summary=document["summary"],
            bare=document["kind"] == "bare",
            recognise=self._recognition(name, "/recognise", document["recognise"]),
            at=pointers.split(slot["at"]),
            holds=slot["holds"],
            decode=tuple(pointers.split(where) for where in slot.get("decode", ())),
            text=slot.get("text", False),
            base64=slot.get("base64", False),
            masked=slot.get("masked", False),
            transport=_transport(document.get("transport", {})),
            key={part: self._key_part(name, part, place) for part, place in document.get("key", {}).items()},
            attributes=tuple(self._attributes(name, document)),
            versions=self._contracts(name, envelope_id, provider, pointers.split(slot["at"])),
            sources=self._sources(name, provider),
            disagreements=_disagreements(document),
        )

    def _key_part(self, name: str, part: str, place: dict[str, Any]) -> KeyPart:
        otherwise = pointers.split(place["otherwise"]) if "otherwise" in place else None
        return KeyPart(pointers.split(place["at"]), otherwise, self._capture(name, ("key", part), place))

    def _attributes(self, name: str, document: dict[str, Any]) -> Iterator[Attribute]:
        for number, place in enumerate(document.get("attributes", ())):
            if capture := self._capture(name, ("attributes", number), place):
                values = tuple(place["values"]) if "values" in place else None
                yield Attribute(
                    place["name"],
                    pointers.split(place["at"]),
                    capture,
                    values,
                    place.get("exclusive", False),
                    place.get("hint"),
                )

    def _capture(
        self, name: str, path: tuple[str | int, ...], place: dict[str, Any]
    ) -> re.Pattern[str] | None:
        """Return the compiled capture of a place. It needs exactly one group, which selects the part of the text that counts."""
        pointer = pointers.join([*path, "capture"])
        try:
            pattern = re.compile(place["capture"]) if "capture" in place else None
        except re.error as error:
            self.files.fault(name, pointer, f"is not a valid regular expression: {error}", "fix it")
            return None
        if pattern and pattern.groups != 1:
            self.files.fault(
                name,
                pointer,
                f"has {pattern.groups} groups",
                "use one group for the part that counts, and (?:…) for the others",
            )
        return pattern

    def events(self, providers: dict[str, Provider], envelopes: dict[str, Envelope]) -> dict[str, Event]:
        """Return the events by id."""
        out = {}
        for name in self.files.roles.get("event", []):
            if self.files.sound(name):
                event = self._event(name, providers[name.split("/")[0]])
                out[event.id] = event
                for place, envelope in enumerate(event.envelopes):
                    if envelope not in envelopes and not self.files.has(naming.folder(envelope)):
                        near = suggestions.nearest(envelope, envelopes)
                        fix = (
                            f"did you mean {near[0]!r}?"
                            if near
                            else "use an envelope in this tree, or add it"
                        )
                        self.files.fault(name, f"/envelopes/{place}", f"unknown envelope {envelope!r}", fix)
        return out

    def _event(self, name: str, provider: Provider) -> Event:
        document = self.files.documents[name]
        event_id = name.removesuffix("/event.json")
        match = document.get("match") or ({"name": document["name"]} if document["name"] else {})
        return Event(
            id=event_id,
            name=document["name"],
            title=_title(document),
            summary=document["summary"],
            sent=document.get("sent"),
            category=document["category"],
            severity=document["severity"],
            status=document["status"],
            replaced_by=document.get("replacedBy"),
            match=match,
            attributes={word: tuple(values) for word, values in document.get("attributes", {}).items()},
            envelopes=tuple(document["envelopes"]),
            versions=self._contracts(name, event_id, provider),
            sources=self._sources(name, provider),
            disagreements=_disagreements(document),
        )

    def _contracts(
        self, name: str, contract_id: str, provider: Provider, slot: Slot = None
    ) -> dict[str, Contract]:
        listed = self.files.documents[name].get("versions", {})
        folder = naming.folder(contract_id)
        present = self.files.versions_in(folder)
        for version in sorted(set(present) - set(listed)):
            self.files.fault(
                present[version],
                "",
                "this version is not listed",
                f"add it to 'versions' in {folder}/{name.rsplit('/', maxsplit=1)[-1]}, or move the file",
            )
        out = {}
        for version, about in listed.items():
            pointer = pointers.join(["versions", version])
            if version not in present:
                self.files.fault(name, pointer, "no file for this version", f"add {folder}/{version}.json")
            elif (url := self.files.base_url + present[version]) in self.library:
                source = self._source(name, f"{pointer}/source", provider, about["source"])
                page = provider.sources.get(self.files.documents[name]["sources"][0], source)
                file = str(self.files.root / present[version])
                dates = (about["firstSeen"], source, about["by"], about["note"])
                out[version] = Contract(contract_id, version, file, url, self.library, *dates, page, slot)
        return out

    def _sources(self, name: str, provider: Provider) -> tuple[Source, ...]:
        return self._sources_of(name, "", provider, self.files.documents[name]["sources"])

    def _sources_of(self, name: str, pointer: str, provider: Provider, ids: list[str]) -> tuple[Source, ...]:
        return tuple(
            self._source(name, f"{pointer}/sources/{place}", provider, source)
            for place, source in enumerate(ids)
        )

    def _source(self, name: str, pointer: str, provider: Provider, source: str) -> Source:
        if source not in provider.sources and provider.id not in self._unread:
            near = suggestions.nearest(source, provider.sources)
            fix = (
                f"did you mean {near[0]!r}?"
                if near
                else f"add it to 'sources' in {provider.id}/provider.json"
            )
            self.files.fault(name, pointer, f"unknown source {source!r}", fix)
        return provider.sources.get(source, _UNKNOWN_SOURCE)


def _tests(rule: dict[str, Any], word: str) -> tuple[Test, ...]:
    return tuple(
        (pointers.split(test["at"]), {key: value for key, value in test.items() if key != "at"})
        for test in rule.get(word, ())
    )


def _title(document: dict[str, Any]) -> Title:
    return Title(**document["title"])


def _disagreements(document: dict[str, Any]) -> tuple[Disagreement, ...]:
    return tuple(Disagreement(entry["about"], entry["note"]) for entry in document.get("disagreements", ()))


def _transport(document: dict[str, Any]) -> Transport:
    headers = {
        name: text if isinstance(text, str) else pointers.split(text["at"])
        for name, text in document.get("headers", {}).items()
    }
    md5 = {pointers.split(at)[-1]: pointers.split(of)[-1] for at, of in document.get("md5", {}).items()}
    return Transport(document.get("form", False), document.get("gzip", False), md5, headers)
