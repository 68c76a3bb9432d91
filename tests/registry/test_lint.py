"""The room `lint`: every rule finds what it is there for, says where, and keeps quiet about everything else."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from breaking import (
    BARE,
    BASE,
    DISK_FULL,
    EVENT,
    NEW,
    OLD,
    PROVIDER,
    QUEUE,
    SHARED,
    SNAPSHOT,
    WEBHOOK,
    all_of,
    copy,
    drop,
    move,
    put,
    remove,
    rename,
    write,
)
from conftest import GOOD
from signalbook import Registry
from signalbook.cli.main import main
from signalbook.registry.lint import RULES, run

if TYPE_CHECKING:
    from pathlib import Path

    from breaking import Change

OLD_EXAMPLES = f"{DISK_FULL}/examples/1.0.0"
NEW_EXAMPLES = f"{DISK_FULL}/examples/2.0.0"
SNAPSHOT_EXAMPLES = f"{SNAPSHOT}/examples/1.0.0"
SNAPSHOT_EVENT = f"{SNAPSHOT}/event.json"
WEBHOOK_FILE = f"{WEBHOOK}/envelope.json"
QUEUE_FILE = f"{QUEUE}/envelope.json"
EVENTS = (EVENT, SNAPSHOT_EVENT)
THING = {"description": "A thing.", "type": "string"}


def case(
    rule: str, name: str, change: Change, *expected: tuple[str, str], others: tuple[str, ...] = ()
) -> Any:
    """Return a row of the table: a change, the rule that reports it and where; and the `others` that cannot but notice it too."""
    return pytest.param(rule, change, list(expected), set(others), id=f"{rule}-{name}")


def with_property(schema: dict[str, Any], path: str = NEW) -> Change:
    """Add a property `extra` to a contract, excused from examples at the place that key order asks for."""
    tail = {key: schema[key] for key in ("examples", "definitions") if key in schema}
    head = {key: value for key, value in schema.items() if key not in tail}
    return put(path, "/properties/extra", {**head, "x-no-example": "It is invented here.", **tail})


def pattern(text: str) -> dict[str, str]:
    """Return the schema of a text with a pattern."""
    return {**THING, "pattern": text, "x-form": "a form"}


def example(path: str, to: str, pointer: str, value: Any) -> Change:
    """Copy an example and change one value of the copy."""
    return all_of(copy(path, to), put(to, pointer, value))


def numbered(version: str) -> Change:
    """Give the version 2.0.0 of an event another number, wherever it stands."""
    file = f"{DISK_FULL}/{version}.json"
    return all_of(
        move(NEW, file),
        put(file, "/$id", f"{BASE}{file}"),
        rename(EVENT, "/versions/2.0.0", version),
        move(NEW_EXAMPLES, f"{DISK_FULL}/examples/{version}"),
    )


EXTRA = "/properties/extra"
REASON = "/properties/attempts/items/properties/reason"

CASES = [
    case(
        "slot",
        "optional",
        put(f"{WEBHOOK}/1.0.0.json", "/required", ["id", "sentAt", "type"]),
        (f"{WEBHOOK}/1.0.0.json", ""),
        others=("example-invalid",),
    ),
    case(
        "slot",
        "misspelt",
        put(f"{WEBHOOK}/envelope.json", "/slot/at", "/dat"),
        (f"{WEBHOOK}/1.0.0.json", ""),
        others=("example-delivered",),
    ),
    case(
        "format",
        "layout",
        write(f"{OLD_EXAMPLES}/valid/flat.json", '{"a": 1}'),
        (f"{OLD_EXAMPLES}/valid/flat.json", ""),
        others=("example-valid", "example-bare"),
    ),
    case(
        "format",
        "not-json",
        write(f"{OLD_EXAMPLES}/valid/cut.json", "{"),
        (f"{OLD_EXAMPLES}/valid/cut.json", ""),
    ),
    case("metadata-order", "event", put(EVENT, "/status", "active", before="name"), (EVENT, "")),
    case(
        "metadata-order",
        "envelope",
        put(WEBHOOK_FILE, "/kind", "wrapper", before="title"),
        (WEBHOOK_FILE, ""),
    ),
    case(
        "metadata-order",
        "not-an-example",
        copy(f"{NEW_EXAMPLES}/valid/realistic.json", f"{NEW_EXAMPLES}/valid/event.json"),
    ),
    case(
        "metadata-order",
        "not-an-unreadable-example",
        copy(f"{SNAPSHOT_EXAMPLES}/unreadable/truncated.json", f"{SNAPSHOT_EXAMPLES}/unreadable/event.json"),
    ),
    case(
        "folder-name",
        "of-the-event",
        all_of(
            put(EVENT, "/match", {"name": "Disk.Full"}, before="envelopes"),
            put(EVENT, "/name", "Disk.Filled"),
        ),
        (EVENT, "/name"),
    ),
    case(
        "folder-name",
        "not-kebab",
        all_of(
            move(BARE, "acme/_envelopes/bare--disk"),
            *(put(event, "/envelopes/2", "acme/bare--disk") for event in EVENTS),
        ),
        ("acme/_envelopes/bare--disk", ""),
    ),
    case(
        "collision",
        "same-name",
        put(SNAPSHOT_EVENT, "/match", {"name": "Disk.Full"}, before="envelopes"),
        *[(SNAPSHOT_EVENT, "/match")] * 3,
        others=("example-bare", "example-delivered"),
    ),
    case(
        "match-parts",
        "lacks-one",
        put(WEBHOOK_FILE, "/key/region", {"at": "/region"}),
        *((event, "/match") for event in EVENTS),
        others=("known-names", "slot"),
    ),
    case(
        "slot",
        "key-to-nowhere",
        put(WEBHOOK_FILE, "/key/name/at", "/typo"),
        (f"{WEBHOOK}/1.0.0.json", ""),
        others=("example-delivered",),
    ),
    case(
        "slot",
        "decodes-nothing",
        put(QUEUE_FILE, "/slot/decode", ["/body", "/bodies"]),
        (QUEUE_FILE, "/slot/decode"),
    ),
    case(
        "slot", "base64-of-no-text", put(WEBHOOK_FILE, "/slot/base64", True), (WEBHOOK_FILE, "/slot/base64")
    ),
    case(
        "twins",
        "same-recognition",
        put(
            QUEUE_FILE,
            "/recognise",
            {"keys": ["type", "sentAt", "id", "data"], "least": 3, "values": {"/type": {"type": "string"}}},
        ),
        (WEBHOOK_FILE, "/recognise"),
        others=("example-delivered",),
    ),
    case("match-parts", "nameless", put(EVENT, "/name", None), (EVENT, "/match")),
    case(
        "match-parts",
        "one-too-many",
        put(EVENT, "/match", {"name": "Disk.Full", "region": "north"}, before="envelopes"),
        (EVENT, "/match/region"),
    ),
    case(
        "holds-events",
        "payloads",
        put(QUEUE_FILE, "/slot/holds", "payload"),
        *((event, "/envelopes/1") for event in EVENTS),
    ),
    case(
        "replaced-by",
        "nobody",
        all_of(
            put(EVENT, "/status", "deprecated"),
            put(EVENT, "/replacedBy", "acme/disk/disk-fuller", before="envelopes"),
        ),
        (EVENT, "/replacedBy"),
    ),
    case(
        "replaced-by",
        "still-active",
        put(EVENT, "/replacedBy", "acme/disk/snapshot-failed", before="envelopes"),
        (EVENT, "/status"),
    ),
    case(
        "sources-cited",
        "nobody",
        put(PROVIDER, "/sources/blog", {"title": "A blog", "seen": "2026-01-15"}),
        (PROVIDER, "/sources/blog"),
    ),
    case(
        "dialect",
        "2020-12",
        put(NEW, "/$schema", "https://json-schema.org/draft/2020-12/schema"),
        (NEW, "/$schema"),
    ),
    case("dialect", "of-shared", drop(SHARED, "/$schema"), (SHARED, "/$schema")),
    case("subset", "keyword", with_property({**THING, "default": "x"}), (NEW, f"{EXTRA}/default")),
    case("subset", "closed-object", put(NEW, "/additionalProperties", False), (NEW, "/additionalProperties")),
    case(
        "subset",
        "closed-by-branch",
        put(NEW, "/properties/usage/additionalProperties", False),
        (NEW, "/properties/usage/additionalProperties"),
    ),
    case(
        "subset",
        "tuple",
        with_property({"description": "Two things.", "type": "array", "items": [THING, THING]}),
        (NEW, f"{EXTRA}/items"),
    ),
    case(
        "subset",
        "beside-ref",
        with_property({"description": "A disk.", "$ref": "../../_shared/disk-id.json"}),
        (NEW, EXTRA),
        others=("forms-broken", "key-order"),
    ),
    case(
        "subset",
        "id-inside",
        put(NEW, "/definitions", {"thing": {"$id": f"{BASE}thing.json", **THING}}),
        (NEW, "/definitions/thing/$id"),
    ),
    case(
        "subset",
        "in-tuple",
        with_property({"description": "Two things.", "type": "array", "items": [{"default": 1}]}),
        (NEW, f"{EXTRA}/items"),
        (NEW, f"{EXTRA}/items/0/default"),
    ),
    case(
        "key-order",
        "type-first",
        put(NEW, "/properties/at/type", "string", before="description"),
        (NEW, "/properties/at"),
    ),
    case("key-order", "root", put(SHARED, "/type", "string", before="title"), (SHARED, "")),
    case(
        "patterns",
        "not-anchored",
        with_property(pattern("^[a-z]+")),
        (NEW, f"{EXTRA}/pattern"),
        others=("forms-broken",),
    ),
    case(
        "patterns",
        "half-anchored",
        with_property(pattern("^a|b$")),
        (NEW, f"{EXTRA}/pattern"),
        others=("forms-broken",),
    ),
    case(
        "patterns",
        "escaped-end",
        with_property(pattern("^[a-z]+\\$")),
        (NEW, f"{EXTRA}/pattern"),
        others=("forms-broken",),
    ),
    case(
        "patterns",
        "class",
        with_property(pattern("^\\d+$")),
        (NEW, f"{EXTRA}/pattern"),
        others=("forms-broken",),
    ),
    case("patterns", "escaped-backslash", with_property(pattern("^[a-z]\\\\d$")), others=("forms-broken",)),
    *(
        case(
            "patterns",
            name,
            with_property(pattern(text)),
            (NEW, f"{EXTRA}/pattern"),
            others=("forms-broken",),
        )
        for name, text in {
            "any-character": "^.+$",
            "escaped-hyphen": "^a\\-b$",
            "set-in-set": "^[a[b]$",
            "operation-of-sets": "^[a-z&&b]$",
            "repeat-of-a-repeat": "^([a-z]+)+$",
        }.items()
    ),
    case(
        "patterns",
        "portable",
        with_property(pattern(r"^(?:[a-z\-.\]]{2,3}_|\.\*\{\/){1,}?$")),
        others=("forms-broken",),
    ),
    case(
        "patterns",
        "not-to-python",
        with_property(pattern("^[^]$")),
        (NEW, f"{EXTRA}/pattern"),
        others=("dialect", "forms-broken"),
    ),
    case(
        "patterns",
        "unicode-property",
        with_property(pattern("^\\p{L}+$")),
        (NEW, f"{EXTRA}/pattern"),
        others=("dialect", "forms-broken"),
    ),
    case(
        "patterns",
        "look-around",
        with_property(pattern("^(?!x)[a-z]+$")),
        (NEW, f"{EXTRA}/pattern"),
        others=("dialect", "forms-broken"),
    ),
    case(
        "patterns",
        "back-reference",
        with_property(pattern("^([a-z])\\1$")),
        (NEW, f"{EXTRA}/pattern"),
        others=("dialect", "forms-broken"),
    ),
    case(
        "patterns",
        "no-form",
        with_property({**THING, "pattern": "^[a-z]+$"}),
        (NEW, EXTRA),
        others=("forms-broken",),
    ),
    case(
        "patterns",
        "of-names",
        put(NEW, "/patternProperties", {"x-[a-z]+": THING}),
        (NEW, "/patternProperties"),
    ),
    case(
        "described",
        "property",
        drop(NEW, "/properties/usage/properties/bytes/description"),
        (NEW, "/properties/usage/properties/bytes"),
    ),
    case("described", "schema", drop(SHARED, "/description"), (SHARED, "")),
    case("described", "title", drop(OLD, "/title"), (OLD, "")),
    case(
        "required-declared",
        "not-described",
        all_of(drop(OLD, "/properties/used"), remove(f"{OLD_EXAMPLES}/invalid/used--maximum.json")),
        (OLD, "/required"),
    ),
    case(
        "contradictions",
        "bounds",
        with_property({"description": "A number.", "type": "number", "minimum": 5, "maximum": 2}),
        (NEW, EXTRA),
    ),
    case(
        "contradictions",
        "list-and-type",
        with_property({**THING, "enum": [1]}),
        (NEW, EXTRA),
    ),
    case("titles", "not-english", put(EVENT, "/title/en", "\u4e91\u76d8\u5c06\u6ee1"), (EVENT, "/title/en")),
    case("titles", "not-chinese", put(EVENT, "/title/zh", "Disk nearly full"), (EVENT, "/title/zh")),
    case("titles", "none", drop(EVENT, "/title/zh"), (EVENT, "/title")),
    case(
        "titles",
        "of-a-service",
        drop(PROVIDER, "/services/disk/title/zh"),
        (PROVIDER, "/services/disk/title"),
    ),
    case("titles", "excused-and-there", put(EVENT, "/title/note", "There is none."), (EVENT, "/title/note")),
    case(
        "known-names",
        "of-an-event",
        put(PROVIDER, "/services/disk/knownNames/Disk.Full", {"note": "Listed.", "source": "disk-events"}),
        (PROVIDER, "/services/disk/knownNames/Disk.Full"),
    ),
    case(
        "known-names",
        "no-key-part",
        put(PROVIDER, "/services/disk/match", {"region": "north"}),
        (PROVIDER, "/services/disk/match"),
    ),
    case("fields-shown", "by-nobody", put(NEW, f"{EXTRA}", THING), (NEW, "")),
    case(
        "fields-shown",
        "inside",
        put(NEW, "/properties/usage/properties/inodes", {**THING, "type": "number"}),
        (NEW, ""),
    ),
    case(
        "fields-shown",
        "excused",
        with_property({"description": "More.", "type": "object", "properties": {"deep": THING}}),
    ),
    case(
        "values-shown",
        "open-list",
        put(f"{SNAPSHOT}/1.0.0.json", f"{REASON}/x-known", ["quota", "disk-busy", "locked"]),
        (f"{SNAPSHOT}/1.0.0.json", ""),
    ),
    case(
        "values-shown",
        "closed-list",
        remove(f"{SNAPSHOT_EXAMPLES}/valid/trigger-manual.json"),
        (f"{SNAPSHOT}/1.0.0.json", ""),
    ),
    case(
        "demands-broken",
        "top",
        remove(f"{OLD_EXAMPLES}/invalid/used--required.json"),
        (f"{OLD_EXAMPLES}/invalid", ""),
    ),
    case(
        "demands-broken",
        "inside",
        remove(f"{NEW_EXAMPLES}/invalid/usage.percent--required.json"),
        (f"{NEW_EXAMPLES}/invalid", ""),
    ),
    case(
        "demands-broken",
        "in-an-array",
        remove(f"{SNAPSHOT_EXAMPLES}/invalid/attempts.0.number--required.json"),
        (f"{SNAPSHOT_EXAMPLES}/invalid", ""),
    ),
    case(
        "forms-broken",
        "by-nobody",
        remove(f"{NEW_EXAMPLES}/invalid/diskId--pattern.json"),
        (f"{NEW_EXAMPLES}/invalid", ""),
    ),
    case(
        "annotations",
        "evidence",
        with_property({**THING, "x-evidence": "rumour"}),
        (NEW, f"{EXTRA}/x-evidence"),
    ),
    case(
        "annotations",
        "evidence-in-a-condition",
        with_property({**THING, "not": {"type": "string", "const": "x", "x-evidence": "sample"}}),
        (NEW, f"{EXTRA}/not/x-evidence"),
    ),
    case(
        "annotations",
        "open-and-closed",
        with_property({**THING, "enum": ["a"], "x-known": ["a"]}),
        (NEW, f"{EXTRA}/x-known"),
    ),
    case(
        "annotations",
        "const-without-type",
        with_property({"description": "A mark.", "const": "x"}),
        (NEW, EXTRA),
    ),
    case(
        "schema-examples",
        "own",
        with_property({**THING, "maxLength": 1, "examples": ["a", "ab"]}),
        (NEW, f"{EXTRA}/examples/1"),
    ),
    case("schema-examples", "shared", put(SHARED, "/examples/0", "disk 7"), (SHARED, "/examples/0")),
    case(
        "shared-used",
        "by-nobody",
        all_of(
            copy(SHARED, "acme/_shared/host-id.json"),
            put("acme/_shared/host-id.json", "/$id", f"{BASE}acme/_shared/host-id.json"),
        ),
        ("acme/_shared/host-id.json", ""),
    ),
    case(
        "example-place",
        "of-no-version",
        write(f"{DISK_FULL}/examples/3.0.0/valid/a.json", "{}\n"),
        (f"{DISK_FULL}/examples/3.0.0/valid/a.json", ""),
    ),
    case(
        "example-place",
        "of-no-kind",
        write(f"{NEW_EXAMPLES}/broken/a.json", "{}\n"),
        (f"{NEW_EXAMPLES}/broken/a.json", ""),
    ),
    case(
        "example-place",
        "of-no-event",
        write("acme/disk/examples/1.0.0/valid/a.json", "{}\n"),
        ("acme/disk/examples/1.0.0/valid/a.json", ""),
    ),
    case(
        "example-place",
        "no-json-file",
        write(f"{NEW_EXAMPLES}/valid/a.txt", "{}\n"),
        (f"{NEW_EXAMPLES}/valid/a.txt", ""),
    ),
    case("example-present", "valid", remove(f"{OLD_EXAMPLES}/valid"), (f"{OLD_EXAMPLES}/valid", "")),
    case(
        "example-present",
        "delivered",
        remove(f"{OLD_EXAMPLES}/delivered/queue.json"),
        (f"{OLD_EXAMPLES}/delivered", ""),
    ),
    case(
        "example-present",
        "of-envelope",
        remove(f"{WEBHOOK}/examples/1.0.0/valid"),
        (f"{WEBHOOK}/examples/1.0.0/valid", ""),
    ),
    case(
        "example-valid",
        "breaks-contract",
        put(f"{OLD_EXAMPLES}/valid/realistic.json", "/used", 193),
        (f"{OLD_EXAMPLES}/valid/realistic.json", "/used"),
    ),
    case(
        "example-valid",
        "reference-engine",
        all_of(
            put(
                OLD,
                "/properties/used",
                {"description": "Used.", "type": "number", "maximum": 100, "multipleOf": 0.1},
            ),
            put(f"{OLD_EXAMPLES}/valid/realistic.json", "/used", 0.3),
        ),
        (f"{OLD_EXAMPLES}/valid/realistic.json", "/used"),
    ),
    case(
        "example-invalid",
        "another-fault",
        move(f"{OLD_EXAMPLES}/invalid/used--maximum.json", f"{OLD_EXAMPLES}/invalid/used--type.json"),
        (f"{OLD_EXAMPLES}/invalid/used--type.json", ""),
    ),
    case(
        "example-invalid",
        "two-faults",
        put(f"{OLD_EXAMPLES}/invalid/used--maximum.json", "/at", "now"),
        (f"{OLD_EXAMPLES}/invalid/used--maximum.json", ""),
    ),
    case(
        "example-invalid",
        "none",
        copy(f"{OLD_EXAMPLES}/valid/realistic.json", f"{OLD_EXAMPLES}/invalid/used--type.json"),
        (f"{OLD_EXAMPLES}/invalid/used--type.json", ""),
    ),
    case(
        "example-invalid",
        "nameless",
        move(f"{OLD_EXAMPLES}/invalid/used--maximum.json", f"{OLD_EXAMPLES}/invalid/used.json"),
        (f"{OLD_EXAMPLES}/invalid/used.json", ""),
    ),
    case(
        "example-invalid",
        "reference-engine",
        example(
            f"{OLD_EXAMPLES}/valid/realistic.json",
            f"{OLD_EXAMPLES}/invalid/diskId--pattern--line.json",
            "/diskId",
            "d-7f3k2m9q\n",
        ),
        (f"{OLD_EXAMPLES}/invalid/diskId--pattern--line.json", ""),
    ),
    case(
        "example-delivered",
        "another-envelope",
        copy(f"{NEW_EXAMPLES}/delivered/queue.json", f"{NEW_EXAMPLES}/delivered/webhook--more.json"),
        (f"{NEW_EXAMPLES}/delivered/webhook--more.json", ""),
    ),
    case(
        "example-delivered",
        "another-event",
        copy(f"{OLD_EXAMPLES}/delivered/queue.json", f"{SNAPSHOT_EXAMPLES}/delivered/queue--more.json"),
        (f"{SNAPSHOT_EXAMPLES}/delivered/queue--more.json", ""),
    ),
    case(
        "example-delivered",
        "broken",
        put(f"{NEW_EXAMPLES}/delivered/webhook.json", "/data/diskId", "7"),
        (f"{NEW_EXAMPLES}/delivered/webhook.json", "/data/diskId"),
    ),
    case(
        "example-bare",
        "not-recognised",
        put(f"{BARE}/envelope.json", "/recognise/values", {"/at": {"prefix": "2023"}}),
        (f"{NEW_EXAMPLES}/valid/minimal.json", ""),
        (f"{NEW_EXAMPLES}/valid/realistic.json", ""),
        (f"{SNAPSHOT_EXAMPLES}/valid/minimal.json", ""),
        (f"{SNAPSHOT_EXAMPLES}/valid/realistic.json", ""),
        (f"{SNAPSHOT_EXAMPLES}/valid/trigger-manual.json", ""),
    ),
    case(
        "example-unreadable",
        "readable",
        write(f"{SNAPSHOT_EXAMPLES}/unreadable/fine.json", "{}\n"),
        (f"{SNAPSHOT_EXAMPLES}/unreadable/fine.json", ""),
    ),
    case("version-number", "another-name-in-a-minor", numbered("1.1.0"), (f"{DISK_FULL}/1.1.0.json", "")),
    case("version-number", "another-name-in-a-patch", numbered("1.0.1"), (f"{DISK_FULL}/1.0.1.json", "")),
    case(
        "version-number",
        "nothing-but-words",
        all_of(
            numbered("1.0.1"),
            copy(OLD, f"{DISK_FULL}/1.0.1.json"),
            put(f"{DISK_FULL}/1.0.1.json", "/$id", f"{BASE}{DISK_FULL}/1.0.1.json"),
        ),
        others=("example-valid", "example-invalid", "example-delivered", "fields-shown", "demands-broken"),
    ),
    case("correction-marked", "of-nothing", put(EVENT, "/versions/1.0.0/by", "correction"), (OLD, "")),
    case("correction-marked", "unmarked", put(EVENT, "/versions/2.0.0/firstSeen", "2023-02-01"), (NEW, "")),
    case(
        "correction-marked",
        "marked",
        all_of(
            put(EVENT, "/versions/2.0.0/firstSeen", "2023-02-01"),
            put(EVENT, "/versions/2.0.0/by", "correction"),
        ),
    ),
]
TESTED_ELSEWHERE = {"published-unchanged"}  # it needs a history: tests/registry/test_published.py


@pytest.mark.filterwarnings("ignore:Possible set")
@pytest.mark.parametrize(("rule", "change", "expected", "others"), CASES)
def test_a_rule_reports_what_it_is_there_for_and_no_other_does(
    good_tree: Path, rule: str, change: Change, expected: list[tuple[str, str]], others: set[str]
) -> None:
    """One thing against the law is found by its rule, in its file and at its place; other rules keep quiet unless they cannot."""
    change(good_tree)
    found = run(Registry.load(good_tree))
    assert [
        (os.path.relpath(one.fault.file, good_tree), one.fault.pointer) for one in found if one.rule == rule
    ] == expected
    assert {one.rule for one in found} - {rule} == others


def test_the_table_has_a_case_for_every_rule() -> None:
    """No rule is without proof that it finds anything."""
    assert {row.values[0] for row in CASES} | TESTED_ELSEWHERE == {rule.name for rule in RULES}


def test_every_rule_says_why_and_has_a_name_of_its_own() -> None:
    """Whoever breaks a rule can read what it is good for."""
    assert [rule.name for rule in RULES if not rule.why] == []
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_finding_says_what_is_wrong_and_what_to_do(good_tree: Path) -> None:
    """A finding is a place, a message, the rule's name and, on a line of its own, the way out."""
    put(EVENT, "/name", "Disk.Filled")(good_tree)
    put(EVENT, "/match", {"name": "Disk.Full"}, before="envelopes")(good_tree)
    text = "\n".join(map(str, run(Registry.load(good_tree))))
    assert (
        text
        == f"{good_tree}/{EVENT}#/name: the folder of 'Disk.Filled' is 'disk-full' [folder-name]\n    rename it to 'disk-filled'"
    )


def test_the_model_registry_keeps_the_law() -> None:
    """The tree that others copy is without fault."""
    assert run(Registry.load(GOOD)) == []


def test_the_catalogue_keeps_the_law(registry: Registry) -> None:
    """The catalogue that comes with the kit is without fault."""
    assert run(registry) == []


def lint(tree: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str]]:
    """Run the command and return its exit code and the lines it printed."""
    code = main(["lint", "--schemas", str(tree), *words])
    return code, capsys.readouterr().out.splitlines()


def contents(tree: Path) -> dict[str, bytes]:
    """Return every file of a tree."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes() for path in tree.rglob("*") if path.is_file()
    }


UGLY = (EVENT, NEW, f"{NEW_EXAMPLES}/delivered/queue.json")


def test_fix_repairs_the_format_says_so_and_changes_nothing_else(
    good_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files come back to the byte from any layout, those that are no JSON are left alone, and a second run has nothing to do."""
    before = contents(good_tree)
    for path in UGLY:
        write(path, json.dumps(json.loads(before[path]), ensure_ascii=True, separators=(" ,", ":  ")))(
            good_tree
        )
    code, findings = lint(good_tree, capsys)
    assert (code, findings[::2][:3]) == (
        1,
        [f"{good_tree}/{path}: is not in the canonical format [format]" for path in sorted(UGLY)],
    )
    assert lint(good_tree, capsys, "--fix") == (
        0,
        [*(f"formatted {good_tree}/{path}" for path in sorted(UGLY)), "2 events, 3 envelopes: no findings"],
    )
    assert contents(good_tree) == before
    assert lint(good_tree, capsys, "--fix") == (0, ["2 events, 3 envelopes: no findings"])


def test_fix_leaves_what_is_not_a_matter_of_format(
    good_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A finding that needs a decision is reported and left to people."""
    drop(SHARED, "/description")(good_tree)
    before = contents(good_tree)
    code, lines = lint(good_tree, capsys, "--fix")
    assert (code, lines[0], lines[-1]) == (
        1,
        f"{good_tree}/{SHARED}: has no description [described]",
        "2 events, 3 envelopes: 1 finding",
    )
    assert contents(good_tree) == before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            write(f"{NEW_EXAMPLES}/unreadable/number.json", '{"big": 12345678901234567890123}'),
            id="unreadable",
        ),
        pytest.param(
            write(
                f"{SNAPSHOT_EXAMPLES}/invalid/attempts.0.number--type.json",
                '{"number": 12345678901234567890123}',
            ),
            id="digits",
        ),
        pytest.param(
            write(".vscode/settings.json", '{"a": 1}'),
            id="hidden-folder",
        ),
        pytest.param(lambda tree: (tree / DISK_FULL / "2.0.0.json.json").mkdir(), id="folder-called-json"),
    ],
)
def test_fix_never_touches_what_it_would_damage(
    good_tree: Path, capsys: pytest.CaptureFixture[str], change: Change
) -> None:
    """Numbers keep their digits, and what is none of the registry's business stays as it is."""
    change(good_tree)
    before = contents(good_tree)
    code, _ = lint(good_tree, capsys, "--fix")
    assert code != 70
    assert contents(good_tree) == before


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "disk-id.json"}, {"$ref": "#/definitions/a", "definitions": {"a": {"$ref": "disk-id.json"}}}],
    ids=["file", "place"],
)
def test_a_schema_that_is_nothing_but_a_reference_is_told(schema: dict[str, Any], good_tree: Path) -> None:
    """Draft-07 ignores what stands beside a reference, the `$id` too: the reference is still one of the file it stands in, and the rules say the rest."""
    file = "acme/_shared/nothing-else.json"
    write(
        file,
        json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "$id": f"{BASE}{file}", **schema}),
    )(good_tree)
    found = {
        finding.rule
        for finding in run(Registry.load(good_tree))
        if finding.fault.file == str(good_tree / file)
    }
    assert {"subset", "described"} <= found
