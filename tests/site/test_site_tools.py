"""What the site holds for tools: each schema is alone enough, its name is its `$id`, and the indexes say what is there in the forms of others."""

from __future__ import annotations

import hashlib
import json
import re
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from conftest import ROOT
from signalbook import compat
from signalbook.codegen import bundles
from signalbook.engine import embedded_json, levels
from signalbook.engine.levels import subschemas
from signalbook.engine.schema_validator import Library, compiled
from signalbook.reading import pointers
from signalbook.registry import examples, naming
from signalbook.registry.tree_reader import META
from signalbook.site import catalogue, indexes, schema_files
from signalbook.validation import validator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signalbook.registry import Contract, Envelope, Event, Registry

Files = dict[str, bytes]
MEGABYTE = 1_000_000
_MADE: dict[str, Files] = {}


def made(registry: Registry) -> Files:
    """Return what tools read from the site of a registry, by path; made once."""
    if registry.name not in _MADE:
        schemas = schema_files.files(registry)
        _MADE[registry.name] = schemas | indexes.files(registry, schemas)
    return _MADE[registry.name]


@pytest.fixture
def served(either: Registry) -> Files:
    """What tools read from the site."""
    return made(either)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails."""

    def refused(*_: object) -> None:
        raise AssertionError("a schema was fetched")

    monkeypatch.setattr(socket.socket, "connect", refused)


def owners(registry: Registry) -> list[Event | Envelope]:
    """Return all that has contracts."""
    return [*registry.events.values(), *registry.envelopes.values()]


def pairs(registry: Registry) -> Iterator[tuple[Contract, Envelope | None]]:
    """Yield every contract alone, and in each of its envelopes."""
    for owner in owners(registry):
        for contract in owner.versions.values():
            yield from ((contract, envelope) for envelope in (None, *bundles.wrappers(registry, contract)))


def travelling(registry: Registry) -> list[tuple[Event, Envelope]]:
    """Return every event with each of the envelopes around it."""
    return [
        (event, envelope)
        for event in registry.events.values()
        for envelope in bundles.wrappers(registry, event.newest)
    ]


def payloads(registry: Registry, contract: Contract, kind: examples.Kind) -> list[Any]:
    """Return the payloads of the examples of one kind."""
    return list(examples.readable(examples.of(registry, contract, kind)))


def accepts(schema: Any) -> Callable[[Any], bool]:
    """Return what the reference engine says of a value, with nothing but the schema at hand."""
    formats = jsonschema.Draft7Validator.FORMAT_CHECKER
    return jsonschema.Draft7Validator(schema, format_checker=formats).is_valid  # type: ignore[no-any-return]


@pytest.mark.usefixtures("no_network")
def test_the_schema_of_each_version_is_enough_by_itself(either: Registry, served: Files) -> None:
    """With the network off, it accepts every valid example and refuses every invalid one: alone, as it is served."""
    for contract in (contract for owner in owners(either) for contract in owner.versions.values()):
        fits = accepts(json.loads(served[schema_files.schema_url_path(contract)]))
        valid, invalid = payloads(either, contract, "valid"), payloads(either, contract, "invalid")
        assert [body for body in valid if not fits(body)] == []
        # What is wrong in a string of JSON text no draft-07 engine sees; `validate` does.
        texts = tuple(pointers.join(way) for way, _ in embedded_json.places(contract.resolved))
        seen = [
            body
            for body in invalid
            if not any(one.pointer.startswith(texts) for one in schema_files.findings(either, contract, body))
        ]
        assert [body for body in seen if fits(body)] == []
        assert (bool(valid), bool(seen)) == (True, True)


def test_nothing_leads_out_of_a_schema(either: Registry, served: Files) -> None:
    """No reference leaves a document, each leads somewhere, and nothing inside has an `$id` that would move where references lead from."""
    for path in {
        schema_files.bundle_path(contract, envelope, reading)
        for contract, envelope in pairs(either)
        for reading in (None, *schema_files.READINGS)
    }:
        schema = json.loads(served[path])
        nodes = [(way, node) for way, node in subschemas(schema) if way]
        assert [way for way, node in nodes if "$id" in node or "$schema" in node] == []
        for reference in (node["$ref"] for _, node in nodes if "$ref" in node):
            assert reference.startswith("#/definitions/")
            assert pointers.split(reference)[-1] in schema["definitions"]


def test_every_schema_stands_at_its_id(either: Registry, served: Files) -> None:
    """The `$id` of a schema is its URL; an alias keeps that of the version it is a copy of."""
    aliases = [path for owner in owners(either) if owner.versions for path in schema_files.alias_paths(owner)]
    aliases += [
        path
        for event, envelope in travelling(either)
        for path in schema_files.delivery_paths(event, envelope)
    ]
    for path, data in served.items():
        document = json.loads(data) if path.startswith("schemas/") and path.endswith(".json") else {}
        if "$schema" in document and path not in aliases:
            assert document["$id"] == schema_files.url(either, path)
            assert document["$id"].startswith(either.base_url)
    for contract, _ in pairs(either):
        assert json.loads(served[schema_files.schema_url_path(contract)])["$id"] == contract.schema["$id"]


def test_an_alias_is_a_copy_of_the_newest(either: Registry, served: Files) -> None:
    """`latest.json` and `v1.json` are the bytes of the newest version, and of the newest of that major version."""
    for owner in owners(either):
        folder = f"schemas/{naming.folder(owner.id)}"
        for version in owner.versions:
            major = naming.version_key(version)[0]
            newest = max(
                (one for one in owner.versions if naming.version_key(one)[0] == major), key=naming.version_key
            )
            assert served[f"{folder}/v{major}.json"] == served[f"{folder}/{newest}.json"]
        if owner.versions:
            assert (
                served[f"{folder}/latest.json"]
                == served[f"{folder}/{max(owner.versions, key=naming.version_key)}.json"]
            )


def test_an_alias_of_deliveries_is_a_copy_of_the_newest(either: Registry, served: Files) -> None:
    """`latest.cloudmonitor.json` and `v1.cloudmonitor.json` are the bytes of the newest delivery of all, and of that major version."""
    for event, envelope in travelling(either):
        folder, word = f"schemas/{event.id}", envelope.id.split("/")[1]
        assert (
            served[f"{folder}/latest.{word}.json"] == served[f"{folder}/{event.newest.version}.{word}.json"]
        )
        for version in event.versions:
            major = naming.version_key(version)[0]
            newest = max(
                (one for one in event.versions if naming.version_key(one)[0] == major), key=naming.version_key
            )
            assert served[f"{folder}/v{major}.{word}.json"] == served[f"{folder}/{newest}.{word}.json"]


def test_references_of_the_tree_lead_to_what_is_served(either: Registry, served: Files) -> None:
    """Who takes a contract as it was written finds what it refers to on the site, and reads the same."""
    library = Library(
        {
            schema_files.url(either, path): json.loads(data)
            for path, data in served.items()
            if "/_shared/" in path
        }
    )
    for contract, envelope in pairs(either):
        assert envelope or library.resolve(contract.schema) == contract.resolved


def test_a_reading_is_what_the_kit_computes(either: Registry, served: Files) -> None:
    """The strict and the tolerant schema that are served accept the same examples as the readings that verdicts are made of."""
    for contract, envelope in pairs(either):
        if envelope is None:
            own: dict[schema_files.Reading, Any] = {
                "strict": levels.strict(contract.resolved, contract.slot),
                "tolerant": levels.tolerant(contract.resolved),
            }
            bodies = [body for kind in examples.KINDS[:2] for body in payloads(either, contract, kind)]
            bodies += [{**body, "addedField": 1} for body in bodies if isinstance(body, dict)]
            for reading, expected in own.items():
                schema = compiled(json.loads(served[schema_files.bundle_path(contract, None, reading)]))
                wanted = compiled(expected)
                assert [schema.is_valid(body) for body in bodies] == [
                    wanted.is_valid(body) for body in bodies
                ]


def test_a_delivery_fits_its_bundle(either: Registry, served: Files) -> None:
    """A delivery without findings is accepted by all three schemas of its event in that envelope; one with a field nobody knows by two of them."""
    seen = 0
    for contract, envelope in pairs(either):
        if envelope and contract is either.events[contract.of].newest:
            found = [
                one.value
                for one in examples.of(either, contract, "delivered")
                if one.words[0] == envelope.id.split("/")[1]
            ]
            # An archived form of the envelope has findings of its own.
            shown = [
                value
                for value in found
                if not validator.check_payload(value, either, validator.Request(level="strict")).findings
            ]
            for reading in (None, *schema_files.READINGS):
                schema = compiled(json.loads(served[schema_files.bundle_path(contract, envelope, reading)]))
                assert [value for value in shown if not schema.is_valid(value)] == []
                assert [
                    value
                    for value in shown
                    if schema.is_valid({**value, "addedField": 1}) == (reading == "strict")
                ] == []
            seen += len(shown)
    assert seen >= len(either.events) > 0


def test_no_two_files_have_one_name(registry: Registry) -> None:
    """An envelope called as one of our words stands beside it, not in its place."""
    contract = registry.contract("jdcloud/vm/state-change")
    envelope = registry.envelopes["jdcloud/cloud-events"]
    odd = [
        envelope,
        *(
            replace(envelope, id=f"jdcloud/{word}")
            for word in ("strict", "tolerant", "examples", "latest", "v1")
        ),
    ]
    paths = [
        schema_files.bundle_path(contract, one, reading)
        for one in (None, *odd)
        for reading in (None, *schema_files.READINGS)
    ]
    paths += [schema_files.examples_path(contract), *schema_files.alias_paths(registry.event(contract.of))]
    paths += [path for one in odd for path in schema_files.delivery_paths(registry.event(contract.of), one)]
    assert len(paths) == len(set(paths))


def test_examples_are_served_with_what_is_wrong(either: Registry, served: Files) -> None:
    """Each example that is JSON stands in the document of its version under its file's name; an invalid one has the finding its name says."""
    for contract, envelope in pairs(either):
        if envelope is None:
            document = json.loads(served[schema_files.examples_path(contract)])
            for kind in ("valid", "delivered"):
                assert document[kind] == {
                    one.file.stem: one.value for one in examples.of(either, contract, kind)
                }
            invalid = {one.file.stem: one for one in examples.of(either, contract, "invalid")}
            assert {name: one["payload"] for name, one in document["invalid"].items()} == {
                name: one.value for name, one in invalid.items()
            }
            for name, one in document["invalid"].items():
                rules = {
                    severity: {found["rule"] for found in one["findings"] if found["severity"] == severity}
                    for severity in ("error", "warning")
                }
                # A form that no document asks for is a warning.
                assert (rules["error"] or rules["warning"]) == {invalid[name].words[1]}, name


def test_the_files_stay_small_enough_to_publish(registry: Registry) -> None:
    """All that tools read of the catalogue has less than 25 MB, and no single file more than one."""
    sizes = {path: len(data) for path, data in made(registry).items()}
    assert sum(sizes.values()) < 32 * MEGABYTE
    assert {path for path, size in sizes.items() if size > MEGABYTE} == set()


def schema_of_others(name: str) -> Any:
    """Return a schema that somebody else wrote."""
    return json.loads((ROOT / "tests" / "data" / name).read_bytes())


def test_the_catalogue_is_one_for_schemastore(either: Registry, served: Files) -> None:
    """`catalog.json` keeps SchemaStore's own schema and the rules that their checks add: nothing twice, no needless words, globs that find folders."""
    document = json.loads(served["catalog.json"])
    jsonschema.Draft4Validator(schema_of_others("schemastore-catalog.schema.json")).validate(document)
    entries = document["schemas"]
    assert (
        len({entry["name"] for entry in entries})
        == len(entries)
        == len(either.events) + len(travelling(either))
    )
    globs = [glob for entry in entries for glob in entry["fileMatch"]]
    assert (len(set(globs)), {glob[:3] for glob in globs}) == (len(globs), {"**/"})
    for entry in entries:
        assert set(entry) == {"name", "description", "url", "fileMatch", "versions"}
        assert not re.search("schema", entry["name"] + entry["description"], re.IGNORECASE)
        assert entry["description"][-1].isalnum()
        assert list(entry["versions"]) == sorted(entry["versions"], key=naming.version_key)


def test_a_fixture_is_known_to_editors_by_its_folder_or_its_name(either: Registry, served: Files) -> None:
    """A file in the folder of an event, or one that ends in its id, is matched by that event's entry and by no other; so is a delivery by its own."""
    entries = json.loads(served["catalog.json"])["schemas"]
    forms = {entry["name"]: re.compile("|".join(map(glob_form, entry["fileMatch"]))) for entry in entries}
    for event in either.events:
        for file in (
            f"tests/fixtures/{event}/stopped.json",
            f"fixtures/{event}/a.json",
            f"deep/down/stopped.{event.replace('/', '-')}.json",
        ):
            assert [name for name, form in forms.items() if form.fullmatch(file)] == [event]
        assert not any(form.fullmatch(f"{event}/1.0.0.json") for form in forms.values())
    for event, envelope in ((event.id, envelope.id) for event, envelope in travelling(either)):
        word = envelope.split("/")[1]
        for file in (
            f"tests/fixtures/{event}/{word}/stopped.json",
            f"deep/down/stopped.{event.replace('/', '-')}.{word}.json",
        ):
            assert [name for name, form in forms.items() if form.fullmatch(file)] == [
                f"{event} in {envelope}"
            ]


def glob_form(glob: str) -> str:
    """Return a glob of an editor as a regular expression."""
    return re.escape(glob).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")


def urls(value: Any) -> Iterator[str]:
    """Yield every absolute URL in a document, and the fragment-less form of it."""
    if isinstance(value, dict):
        yield from (url for inner in value.values() for url in urls(inner))
    elif isinstance(value, list):
        yield from (url for inner in value for url in urls(inner))
    elif isinstance(value, str) and value.startswith("https://"):
        yield value.partition("#")[0]


@pytest.mark.parametrize("name", ["catalog.json", "index.json", "xregistry.json"])
def test_every_url_of_an_index_leads_somewhere(name: str, either: Registry, served: Files) -> None:
    """What an index names below the site is a file that is served, or the page of an event or an envelope."""
    home = schema_files.home(either)
    pages = {schema_files.page_path(one) for one in (*either.events, *either.envelopes)}
    document = json.loads(
        served[name], object_hook=lambda one: {key: value for key, value in one.items() if key != "sources"}
    )
    below = {url.removeprefix(home) for url in urls(document) if url.startswith(home)}
    assert below - set(served) - pages == {"", "schemas/"} & below
    assert below & set(served)


def test_the_index_keeps_its_schema(either: Registry, served: Files) -> None:
    """`index.json` is valid against the schema that it names, which stands on the site; and that schema asks for each key of an event."""
    index, schema = json.loads(served["index.json"]), json.loads(served[indexes.INDEX_SCHEMA])
    assert index["$schema"] == schema["$id"] == schema_files.url(either, indexes.INDEX_SCHEMA)
    assert {**json.loads((META / "index.schema.json").read_bytes()), "$id": schema["$id"]} == schema
    check = accepts(schema)
    assert check(index)
    for part in ("events", "envelopes"):
        for key in index[part][0]:
            fewer = [{name: value for name, value in index[part][0].items() if name != key}]
            assert not check({**index, part: fewer}), key
        assert not check({**index, part: [{**index[part][0], "added": 1}]})


@pytest.mark.parametrize("name", ["config", "baseline", "verdict", "summary"])
def test_the_schemas_of_our_own_files_are_served(name: str, either: Registry, served: Files) -> None:
    """What people write for the command, and what it writes for tools, has its JSON Schema on the site, under the address that is its `$id`."""
    path = f"schemas/_meta/{name}.schema.json"
    schema = json.loads(served[path])
    assert schema.pop("$id") == schema_files.url(either, path)
    assert schema == json.loads((META / f"{name}.schema.json").read_bytes())


def test_the_index_says_what_is_served(either: Registry, served: Files) -> None:
    """Hash and size in `index.json` are those of the file at the URL, and its list of fields is the contract's."""
    index = json.loads(served["index.json"])
    for entry in (*index["events"], *index["envelopes"]):
        for version in entry["versions"].values():
            data = served[version["url"].removeprefix(schema_files.home(either))]
            assert (version["sha256"], version["size"]) == (hashlib.sha256(data).hexdigest(), len(data))
    for entry in index["events"]:
        event = either.events[entry["id"]]
        assert [field["path"] for field in entry["fields"]] == [
            field.path for field in catalogue.fields(event.newest)
        ]
        assert entry["match"] == dict(event.match)


def entities(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (kind, key, entity) of each group, resource and version of an xRegistry document."""
    for kind, plural in (("schemagroup", "schemagroups"), ("messagegroup", "messagegroups")):
        for key, group in document[plural].items():
            yield kind, key, group
            for inner, inner_plural in (("schema", "schemas"), ("message", "messages")):
                for name, resource in group.get(inner_plural, {}).items():
                    yield inner, name, resource
                    yield from (
                        ("version", number, version)
                        for number, version in resource.get("versions", {}).items()
                    )


def test_the_xregistry_document_keeps_its_form(served: Files) -> None:
    """`xregistry.json` is valid against the specification's schema, and every entity stands under its own id, at its own xid."""
    document = json.loads(served["xregistry.json"])
    jsonschema.Draft7Validator(schema_of_others("xregistry-document.schema.json")).validate(document)
    found = list(entities(document))
    for kind, key, entity in found:
        assert entity[f"{kind}id"] == key
        node: Any = document
        for step in pointers.split(entity["xid"]):
            node = node[step]
        assert node is entity
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.~:@-]{0,127}", key)
        for label, value in entity.get("labels", {}).items():
            assert re.fullmatch(r"[a-z0-9][a-z0-9_.:-]{0,62}", label)
            assert isinstance(value, str)
        for count in (name for name in entity if name.endswith("count")):
            assert entity[count] == len(entity[count.removesuffix("count")])
    assert {kind for kind, _, _ in found} == {"schemagroup", "messagegroup", "schema", "message", "version"}


def test_versions_and_messages_of_the_xregistry_document_hang_together(
    either: Registry, served: Files
) -> None:
    """Ancestors lead to a first version, the default is the newest, and the schema of a message is one of the document."""
    document = json.loads(served["xregistry.json"])
    versions = 0
    for kind, _, entity in entities(document):
        if kind == "schema":
            numbers = sorted(entity["versions"], key=naming.version_key)
            assert [entity["versions"][number]["ancestor"] for number in numbers] == [
                numbers[0],
                *numbers[:-1],
            ]
            assert entity["versionid"] == entity["meta"]["defaultversionid"] == numbers[-1]
            assert entity["schemaid"].endswith(f".v{naming.version_key(numbers[0])[0]}")
            versions += len(numbers)
        elif kind == "message":
            _, group, group_id, _, schema_id = pointers.split(f"/{entity['dataschemaxid']}")
            newest = document[group][group_id]["schemas"][schema_id]["versionid"]
            event = either.events[f"{group_id.replace('.', '/')}/{entity['messageid']}"]
            assert newest == event.newest.version
            assert {part: entity["labels"][f"match.{part}"] for part in event.match} == dict(event.match)
    assert versions == len([contract for contract, envelope in pairs(either) if envelope is None])


def test_llms_txt_has_its_form(either: Registry, served: Files) -> None:
    """A heading, a quotation, sections of links; a line for each event and envelope with what it is known by; every link leads to a file or a page of the site."""
    text = served["llms.txt"].decode()
    assert re.match(r"# [^\n]+\n\n> [^\n]+\n\n", text)
    manual = [
        "reference/findings/",
        "reference/exit-codes/",
        "reference/commands/",
        "catalogue/fields/",
        "catalogue/changes/",
    ]
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert [link for link in links if link not in served] == manual
    assert re.findall("^## (.+)$", text, re.MULTILINE)[-3:] == ["Envelopes", "Manual", "Optional"]
    lines = {
        line[3:].partition("]")[0]: line
        for line in text.splitlines()
        if line.startswith("- [") and "about.txt" in line
    }
    assert list(lines) == [*sorted(either.events, key=list(lines).index), *either.envelopes]
    for event in either.events.values():
        assert event.summary in lines[event.id]
        assert event.name is None or f"`{event.name}`" in lines[event.id]
    for envelope in either.envelopes.values():
        assert all(f"`{key}`" in lines[envelope.id] for key in envelope.recognise.keys)


def test_a_twin_says_what_the_contract_says(either: Registry, served: Files) -> None:
    """The Markdown twin of a page names every field, envelope and version, shows an example that is valid, and has no HTML."""
    for what in owners(either):
        text = served[schema_files.about_path(what)].decode()
        assert text.startswith(f"# {what.title}\n")
        blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
        prose = re.sub(r"```json\n.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        assert not re.search(r"(?<!\\)</?[a-z]", prose)
        if what.versions:
            assert {f"| `{field.path}` |" for field in catalogue.fields(what.newest)} <= {
                f"{line.partition(' | ')[0]} |" for line in text.splitlines()
            }
            assert [what.newest.checker.problems(json.loads(block)) for block in blocks] == [[]]
        assert all(f"- {version}: " in text for version in what.versions)
        for step in compat.history(what):
            told = text.partition(f"- {step.new.version}: ")[2].partition("\n- ")[0]
            assert f"  - {step.comparison.bump} change since {step.old.version}: " in told
            assert all(
                change.message.replace("<", "\\<") in told
                for change in step.comparison.changes
                if change.kind != "docs"
            )
        assert all(one.note in text.replace("\\<", "<") for one in what.disagreements)


def test_a_bundle_is_the_one_that_is_generated(either: Registry, served: Files) -> None:
    """But for its `$id`, the schema on the site is the bundle in `generated/`: there is one way to put an event and an envelope together."""
    for contract, envelope in pairs(either):
        schema = json.loads(served[schema_files.bundle_path(contract, envelope)])
        assert {key: value for key, value in schema.items() if key != "$id"} == bundles.bundle(
            contract, envelope
        )
