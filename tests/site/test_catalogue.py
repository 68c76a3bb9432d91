"""The room `catalogue`: the list finds what is asked for, and the page of an event tells all that its contract says."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from breaking import DISK_FULL, EVENT, NEW, OLD, SHARED, SNAPSHOT, all_of, definition, put, write
from conftest import GOOD, NIGHTLY
from signalbook import Registry
from signalbook.cli.main import main
from signalbook.site import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from breaking import Change
    from signalbook.registry import Contract

FULL, FAILED = "acme/disk/disk-full", "acme/disk/snapshot-failed"


def command(tree: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run a command; return its exit code, output and errors."""
    code = main([words[0], "--schemas", str(tree), *words[1:]])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], [FULL, FAILED]),
        (["--provider", "acme"], [FULL, FAILED]),
        (["--service", "disk"], [FULL, FAILED]),
        (["--service", "acme/disk"], [FULL, FAILED]),
        (["Disk.Full"], [FULL]),
        (["DISK NEARLY"], [FULL]),
        (["快照"], [FAILED]),
        (["90 percent"], [FULL]),
        (["snapshot-"], [FAILED]),
        (["disk"], [FULL, FAILED]),
        (["--service", "disk", "--provider", "acme", "将满"], [FULL]),
        (["nothing of the kind"], []),
    ],
)
def test_the_list_finds_by_provider_service_and_text_in_both_languages(
    capsys: pytest.CaptureFixture[str], words: list[str], found: list[str]
) -> None:
    """Filters add up; text is looked for in id, name, both titles and summary, whatever its case; provider and service are whole words."""
    code, out, _ = command(GOOD, capsys, "list", "--format", "json", *words)
    assert (code, [entry["id"] for entry in json.loads(out)]) == (0, found)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--provider", "acm"], "did you mean 'acme'?"),
        (["--service", "dis"], "did you mean 'disk'?"),
        (["--service", "acme"], "'acme' is not in the registry"),
        (["--provider", "zebra", "disk"], "did you mean 'acme'?"),
    ],
)
def test_a_filter_that_nothing_could_pass_is_a_wrong_use(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """A provider or service that the registry does not hold is said to be unknown, with those that were probably meant."""
    code, out, err = command(GOOD, capsys, "list", *words)
    assert (code, out) == (2, "")
    assert said in err


def test_the_list_is_a_table_that_ends_in_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    """Columns stand under their heads; the count agrees in number."""
    assert command(GOOD, capsys, "list", "将满")[1].splitlines() == [
        "EVENT                NAME       VERSIONS     STATUS  EVIDENCE                ENVELOPES             TITLE",
        "acme/disk/disk-full  Disk.Full  1.0.0 2.0.0  active  5 documented, 1 sample  webhook, queue, bare  Disk nearly full · 云盘将满",
        "1 event",
    ]


def test_names_without_documented_content_stand_below_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that the provider only lists is found by the same filters, and has a page that says what is known."""
    wanted = [
        "KNOWN BY NAME ONLY  SERVICE    WHAT IS KNOWN",
        "Disk.Resized        acme/disk  Listed since 2025, without a field table or a sample.",
    ]
    assert command(GOOD, capsys, "list", "--service", "disk")[1].splitlines()[-2:] == wanted
    assert command(GOOD, capsys, "list", "resized")[1].splitlines()[-2:] == wanted
    assert "Disk.Resized" not in command(GOOD, capsys, "list", "full")[1]
    code, out, _ = command(GOOD, capsys, "show", "Disk.Resized")
    assert (code, out.splitlines()[0]) == (0, "Disk.Resized")
    assert "https://acme.example/docs/disk/events" in out


def test_an_entry_of_the_index_says_where_everything_is(model: Registry) -> None:
    """Who reads the index needs no other file to know what there is, in which versions, and how sure it is."""
    entry = catalogue.entry(model.event(FULL), model)
    assert entry == {
        "id": FULL,
        "name": "Disk.Full",
        "title": {"en": "Disk nearly full", "zh": "云盘将满"},
        "summary": "A disk is more than 90 percent full.",
        "category": "exception",
        "severity": "warning",
        "status": "active",
        "replacedBy": None,
        "newest": "2.0.0",
        "versions": {
            "1.0.0": {
                "$id": f"https://acme.example/schemas/{OLD}",
                "firstSeen": "2023-02-01",
                "by": "provider",
                "note": "The archived page, which shows it first.",
            },
            "2.0.0": {
                "$id": f"https://acme.example/schemas/{NEW}",
                "firstSeen": "2025-06-02",
                "by": "provider",
                "note": "'usage' took the place of 'used'.",
            },
        },
        "envelopes": ["acme/webhook", "acme/queue", "bare"],
        "evidence": {"documented": 5, "sample": 1},
        "python": {"1.0.0": "acme.disk.disk_full.v1.DiskFull", "2.0.0": "acme.disk.disk_full.v2.DiskFull"},
        "page": "catalogue/acme/disk/disk-full.md",
    }


def layers(node: Any, *, certain: bool = True) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield a resolved schema and all that describes the same place, and whether each value must fit it: an alternative only may be fitted."""
    if isinstance(node, dict):
        yield node, certain
        for keyword in ("allOf", "anyOf", "oneOf"):
            for branch in node.get(keyword, ()):
                yield from layers(branch, certain=certain and keyword == "allOf")


def described(schema: Any, prefix: str = "") -> dict[str, bool]:
    """Return every field of a resolved schema by its path, and whether the schema requires it: an independent walk, to compare pages with."""
    out: dict[str, bool] = {}
    every = list(layers(schema))
    required = {name for node, certain in every if certain for name in node.get("required", ())}
    for node, certain in every:
        any_name = (
            {"*": node["additionalProperties"]} if isinstance(node.get("additionalProperties"), dict) else {}
        )
        inside: dict[str, bool] = {}
        for name, inner in {**node.get("properties", {}), **any_name}.items():
            out[f"{prefix}{name}"] = name in required
            inside |= described(inner, f"{prefix}{name}.")
        if isinstance(node.get("items"), dict):
            inside |= described(node["items"], f"{prefix.removesuffix('.')}[].")
        # What one alternative requires inside is not always there.
        out |= {path: (always and certain) or out.get(path, False) for path, always in inside.items()}
    return out


def fields_on_page(page: str) -> list[tuple[str, bool]]:
    """Return the fields that a page lists, and whether it says that they are always there."""
    section = page.partition("\nFields\n")[2].partition("\n\n")[0]
    return [
        (path, word == "always")
        for path, word in re.findall(r"^  (\S+)  .+, (always|sometimes)$", section, re.MULTILINE)
    ]


def page_of(contract: Contract, registry: Registry) -> str:
    """Return the page of a contract."""
    return catalogue.page(registry.events[contract.of], contract, registry)


def test_a_page_lists_every_field_once_and_says_whether_it_is_always_there(either: Registry) -> None:
    """Nested fields, those of items and of any name (`*`) included; "always" is `required` and nothing else."""
    wrong = {}
    for contract in either.event_contracts():
        listed = fields_on_page(page_of(contract, either))
        if sorted(listed) != sorted(described(contract.resolved).items()):
            wrong[str(contract)] = set(listed) ^ set(described(contract.resolved).items())
    assert wrong == {}


def test_a_page_tells_the_fields_in_the_order_of_the_schema_file(model: Registry) -> None:
    """The reader finds on the page the order of the file."""
    assert fields_on_page(page_of(model.contract(FAILED), model)) == [
        ("at", True),
        ("attempts", True),
        ("attempts[].number", True),
        ("attempts[].reason", False),
        ("diskId", True),
        ("event", True),
        ("trigger", False),
    ]


def test_a_page_tells_what_is_known_of_a_field(model: Registry) -> None:
    """Description, form, zone, unit, values, whether a list is open, doubt and evidence: all that the contract says."""
    lines = page_of(model.contract(FAILED), model).splitlines()
    at, reason, trigger = (
        next(n for n, line in enumerate(lines) if line.startswith(f"  {name}  "))
        for name in ("at", "attempts[].reason", "trigger")
    )
    assert lines[at + 1 : at + 4] == [
        "      When the last attempt was given up.",
        "      form: yyyy-MM-ddTHH:mm:ssZ",
        "      zone: UTC",
    ]
    assert lines[reason + 1 : reason + 4] == [
        "      Why it failed.",
        '      known values: "quota", "disk-busy"',
        "      evidence: sample",
    ]
    assert lines[trigger + 1 : trigger + 3] == [
        "      What asked for the snapshot.",
        '      values: "manual", "schedule"',
    ]
    assert "      note: The page's table says that it is optional; every sample has it." in lines
    assert '      value: "SnapshotFailed"' in lines
    assert "      unit: byte" in page_of(model.contract(FULL), model).splitlines()


def test_a_page_tells_the_history_the_sources_and_the_disagreements(either: Registry) -> None:
    """Every version with its day and its reason, every source with its address, and every place where the sources disagree is on the page."""
    missing = []
    for event in either.events.values():
        lines = set(catalogue.page(event, event.newest, either).splitlines())
        wanted = [
            f"  {one.version}  first seen {one.first_seen}, by {one.by}: {one.note}"
            for one in event.versions.values()
        ]
        wanted += [f"  {one.title}{f', {one.edition}' if one.edition else ''}" for one in event.sources]
        wanted += [f"    {one.url or one.note or 'no address is known'}" for one in event.sources]
        wanted += [f"  {one.about or 'the body'}: {one.note}" for one in event.disagreements]
        missing += [(event.id, line) for line in wanted if line not in lines]
    assert missing == []


def test_a_page_has_a_description_and_the_evidence_of_every_field(either: Registry) -> None:
    """No field is listed without what it means, and each kind of evidence is named as often as the contract has it."""
    wrong = []
    for contract in either.event_contracts():
        fields = catalogue.fields(contract)
        page = page_of(contract, either)
        named = Counter(re.findall(r"^      evidence: (\w+)$", page, re.MULTILINE))
        if named != Counter(field.evidence for field in fields if field.evidence != "documented") or not all(
            field.description for field in fields
        ):
            wrong.append(str(contract))
    assert wrong == []


THING = {
    "description": "A thing.",
    "type": "object",
    "required": ["size"],
    "properties": {"size": {"description": "Its size.", "type": "integer"}},
}
DISK = {"description": "A disk.", "allOf": [{"$ref": "../../_shared/disk-id.json"}]}
EXTRA = "/properties/extra"


@pytest.mark.parametrize(
    ("change", "extra"),
    [
        pytest.param(put(NEW, EXTRA, THING), [("extra", False), ("extra.size", True)], id="nested"),
        pytest.param(
            definition(NEW, "thing", THING), [("extra", False), ("extra.size", True)], id="own-definition"
        ),
        pytest.param(
            definition(
                NEW, "thing", {"description": "A thing.", "type": "object", "properties": {"disk": DISK}}
            ),
            [("extra", False), ("extra.disk", False)],
            id="own-definition-that-refers-to-a-shared-one",
        ),
        pytest.param(
            all_of(
                put(
                    OLD,
                    "/definitions",
                    {"thing": {"description": "A thing.", "type": "object", "properties": {"disk": DISK}}},
                ),
                put(
                    NEW,
                    EXTRA,
                    {"description": "A thing.", "allOf": [{"$ref": "1.0.0.json#/definitions/thing"}]},
                ),
            ),
            [("extra", False), ("extra.disk", False)],
            id="definition-of-the-older-version",
        ),
        pytest.param(
            put(
                NEW,
                EXTRA,
                {
                    "description": "A thing.",
                    "required": ["unit"],
                    "allOf": [
                        THING,
                        {"properties": {"unit": {"description": "Its unit.", "type": "string"}}},
                    ],
                },
            ),
            [("extra", False), ("extra.size", True), ("extra.unit", True)],
            id="required-beside-allOf",
        ),
        pytest.param(
            put(
                NEW,
                EXTRA,
                {"description": "Things.", "type": "array", "items": {"type": "array", "items": THING}},
            ),
            [("extra", False), ("extra[][].size", True)],
            id="array-of-arrays",
        ),
        pytest.param(put(NEW, EXTRA, True), [("extra", False)], id="any-value"),
        pytest.param(
            put(NEW, EXTRA, {"description": "A thing or its name.", "anyOf": [THING, {"type": "string"}]}),
            [("extra", False), ("extra.size", False)],
            id="alternatives",
        ),
        pytest.param(
            put(
                NEW,
                EXTRA,
                {
                    "description": "A thing.",
                    "anyOf": [{"properties": {"size": THING}}, {"properties": {"size": {"type": "object"}}}],
                },
            ),
            [("extra", False), ("extra.size", False), ("extra.size.size", False)],
            id="required-in-one-alternative",
        ),
        pytest.param(
            put(
                NEW,
                EXTRA,
                {"description": "Things by name.", "type": "object", "additionalProperties": THING},
            ),
            [("extra", False), ("extra.*", False), ("extra.*.size", True)],
            id="any-name",
        ),
        pytest.param(
            put(NEW, EXTRA, {**THING, "allOf": [{"properties": {"size": {"minimum": 1}}}]}),
            [("extra", False), ("extra.size", True)],
            id="field-in-two-branches",
        ),
        pytest.param(put(NEW, "/properties/two words", DISK), [("two words", False)], id="name-with-a-space"),
    ],
)
def test_a_contract_may_be_composed_in_every_way_and_its_fields_are_all_found(
    good_tree: Path, change: Change, extra: list[tuple[str, bool]]
) -> None:
    """However a schema is put together, the catalogue knows its fields: what `validate` looks at, `show` shows."""
    change(good_tree)
    found = [
        (field.path, field.always)
        for field in catalogue.fields(Registry.load(good_tree).contract(FULL))
        if field.path.startswith(("extra", "two"))
    ]
    assert found == extra


@pytest.mark.parametrize(
    "wanted", [FULL, "disk-full", "Disk.Full", f"{FULL}@2.0.0", "disk-full@2.0.0", "Disk.Full@2.0.0"]
)
def test_show_finds_an_event_by_any_of_its_names(
    capsys: pytest.CaptureFixture[str], model: Registry, wanted: str
) -> None:
    """Id, last word or the provider's name, with or without the version, lead to the same page."""
    code, out, _ = command(GOOD, capsys, "show", wanted)
    example = json.loads((GOOD / DISK_FULL / "examples/2.0.0/valid/realistic.json").read_text("utf-8"))
    assert (code, out) == (0, catalogue.page(model.event(FULL), model.contract(FULL), model, example) + "\n")


def test_show_tells_an_older_version_by_its_own_fields_and_example(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A version asked for is the one shown."""
    _, out, _ = command(GOOD, capsys, "show", "disk-full@1.0.0")
    assert out.startswith(f"{FULL} 1.0.0\n")
    assert fields_on_page(out) == [("at", True), ("diskId", True), ("event", True), ("used", True)]
    assert (
        '\nExample\n  {"event":"Disk.Full","diskId":"d-7f3k2m9q","at":"2023-04-01T08:15:00Z","used":93}\n'
        in out
    )


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (
            "acme/disk/disk-ful",
            "'acme/disk/disk-ful' is not in the registry; did you mean 'acme/disk/disk-full'?",
        ),
        ("SnapshotFail", "'SnapshotFail' is not in the registry; did you mean 'SnapshotFailed'?"),
        ("snapshot-faild", "'snapshot-faild' is not in the registry; did you mean 'SnapshotFailed'?"),
        (
            "disk-full@3.0.0",
            f"'{FULL}@3.0.0' is not in the registry; did you mean '{FULL}@1.0.0' or '{FULL}@2.0.0'?",
        ),
        ("zebra", "'zebra' is not in the registry; run 'signalbook list' to see all events"),
    ],
)
def test_show_of_an_unknown_id_suggests_the_nearest(
    capsys: pytest.CaptureFixture[str], wanted: str, said: str
) -> None:
    """A slip of the pen is a matter of usage: exit code 2, and what was probably meant."""
    assert command(GOOD, capsys, "show", wanted) == (2, "", f"signalbook: {said}\n")


def test_show_for_tools_says_the_same_as_the_page(
    either: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """The JSON form lists the same fields, and holds the schema as it was written. By day, one contract in twelve is asked for."""
    for contract in list(either.event_contracts())[:: 1 if NIGHTLY else 12]:
        code, out, _ = command(either.root, capsys, "show", str(contract), "--format", "json")
        told = json.loads(out)
        assert (code, told["id"], told["version"], told["schema"]) == (
            0,
            contract.of,
            contract.version,
            contract.schema,
        )
        assert [(field["path"], field["always"]) for field in told["fields"]] == fields_on_page(
            page_of(contract, either)
        )


def test_a_deprecated_event_names_its_successor(good_tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who looks up an event that is no longer sent learns where to go."""
    all_of(put(EVENT, "/status", "deprecated"), put(EVENT, "/replacedBy", FAILED))(good_tree)
    assert (
        f"\n  status      deprecated, replaced by {FAILED}\n" in command(good_tree, capsys, "show", FULL)[1]
    )


def test_an_event_without_a_name_and_a_source_without_an_address_are_shown_as_such(
    good_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the provider does not give is said to be missing, never shown as None."""
    all_of(
        put(EVENT, "/name", None),
        put("acme/provider.json", "/sources/disk-events", {"title": "A letter", "seen": "2026-01-15"}),
    )(good_tree)
    _, out, _ = command(good_tree, capsys, "show", FULL)
    assert "\n  name        the provider gives none\n" in out
    assert "\n  A letter\n    no address is known\n" in out
    assert "None" not in out


def test_a_description_beside_a_reference_is_the_fields_own(model: Registry) -> None:
    """A field says what it means here; what a shared definition says of itself fills in the rest."""
    field = next(field for field in catalogue.fields(model.contract(FULL)) if field.path == "diskId")
    assert (field.description, field.form) == (
        "The disk that is nearly full.",
        "d- and eight lower-case letters or digits",
    )
    assert model.shared[SHARED]["x-form"] == field.form


def test_an_event_without_an_example_can_be_shown(
    good_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A registry in the making has contracts before it has examples."""
    for file in (good_tree / SNAPSHOT / "examples/1.0.0/valid").iterdir():
        file.unlink()
    code, out, _ = command(good_tree, capsys, "show", FAILED)
    assert (code, "Example" in out) == (0, False)


def test_an_event_whose_example_is_broken_can_be_shown(
    good_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A broken example is for lint to report; the page does without it."""
    write(f"{SNAPSHOT}/examples/1.0.0/valid/realistic.json", "{")(good_tree)
    assert command(good_tree, capsys, "show", FAILED)[0] == 0
