"""The room `registry`: what is wrong with a tree is reported where it is, once, with what to do; what is right is read once and never changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
    REGISTRY,
    SHARED,
    SNAPSHOT,
    WEBHOOK,
    all_of,
    copy,
    definition,
    drop,
    put,
    remove,
    rename,
    write,
)
from signalbook import BrokenRegistry, Fault, Registry, UnknownContract
from signalbook.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from breaking import Change

Expected = list[tuple[str, str, str, str]]
"""Faults: the file below the root, the pointer, a part of the message, a part of the fix."""

COMMANDS = {
    "validate": ["validate", f"{{tree}}/{DISK_FULL}/examples/2.0.0/valid/realistic.json"],
    "identify": ["identify", f"{{tree}}/{DISK_FULL}/examples/2.0.0/valid/realistic.json"],
    "list": ["list"],
    "show": ["show", "acme/disk/disk-full"],
    "lint": ["lint"],
    "build": ["build", "--out", "{tree}/../generated"],
}


def case(name: str, change: Change, *expected: tuple[str, str, str, str]) -> Any:
    """Return one row of the table: a change of the good tree and exactly the faults it must give."""
    return pytest.param(change, list(expected), id=name)


def faults_of(tree: Path) -> list[Fault]:
    """Return the faults of a broken tree, with their files below its root."""
    with pytest.raises(BrokenRegistry) as caught:
        Registry.load(tree)
    return [fault._replace(file=os.path.relpath(fault.file, tree)) for fault in caught.value.faults]


def part(text: str, wanted: str) -> str:
    """Return the wanted part if it is there, else the text, so that a failure shows it."""
    return wanted if wanted in text else text


def ids_wrong(base: str) -> Expected:
    """Return the faults that schemas of the good tree have under another base URL."""
    files = (f"{QUEUE}/1.0.0.json", f"{WEBHOOK}/1.0.0.json", SHARED, OLD, NEW, f"{SNAPSHOT}/1.0.0.json")
    return [(file, "/$id", f"is '{BASE}{file}'", f"write '{base}{file}'") for file in files]


REQUIRED = ("name", "title", "summary", "category", "severity", "status", "envelopes", "versions", "sources")
NO_FILE = "no such file"
LISTS = f"add it to 'versions' in {DISK_FULL}/event.json"
DOUBLING = {
    f"d{number}": {
        "anyOf": [
            {"$ref": f"#/definitions/d{number + 1}"},
            {"properties": {"p": {"$ref": f"#/definitions/d{number + 1}"}}},
        ]
    }
    for number in range(20)
} | {"d20": {"type": "string"}}
"""Definitions that each refer to the next one twice."""
NOWHERE = "does not resolve"
UNREAD = "check that the file exists and that you have permission to read it"

CASES = [
    case(
        "type-that-is-none",
        put(NEW, "/properties/diskId", {"description": "Its id.", "type": "int"}),
        (NEW, "/properties/diskId/type", "'int' is none of string", "fix"),
    ),
    case(
        "least-too-high",
        put(f"{WEBHOOK}/envelope.json", "/recognise/least", 9),
        (f"{WEBHOOK}/envelope.json", "/recognise/least", "so it never matches", "at most"),
    ),
    case(
        "least-too-high-inside",
        put(f"{WEBHOOK}/envelope.json", "/recognise/inside", {"/data": {"keys": ["at"], "least": 2}}),
        (f"{WEBHOOK}/envelope.json", "/recognise/inside/~1data/least", "so it never matches", "at most"),
    ),
    case(
        "least-too-high-of-a-neighbour",
        put(PROVIDER, "/neighbours/usage-report/recognise/least", 9),
        (PROVIDER, "/neighbours/usage-report/recognise/least", "so it never matches", "at most"),
    ),
    case(
        "some-without-a-place",
        put(f"{WEBHOOK}/envelope.json", "/recognise/some", [{"prefix": "x"}]),
        (f"{WEBHOOK}/envelope.json", "/recognise/some/0", "'at' is missing", "expected"),
    ),
    case(
        "source-of-a-known-name",
        put(PROVIDER, "/services/disk/knownNames/Disk.Resized/source", "disk-event"),
        (
            PROVIDER,
            "/services/disk/knownNames/Disk.Resized/source",
            "unknown source",
            "did you mean 'disk-events'?",
        ),
    ),
    case(
        "source-of-a-neighbour",
        put(PROVIDER, "/neighbours/usage-report/sources", ["deliveries"]),
        (PROVIDER, "/neighbours/usage-report/sources/0", "unknown source", "did you mean 'delivery'?"),
    ),
    case(
        "masked-no-boolean",
        put(f"{WEBHOOK}/envelope.json", "/slot/masked", "yes"),
        (f"{WEBHOOK}/envelope.json", "/slot/masked", "type", "boolean"),
    ),
    # registry.json
    case("registry-missing", remove(REGISTRY), (REGISTRY, "", NO_FILE, "name, title and baseUrl")),
    case(
        "registry-missing-and-stray",
        all_of(remove(REGISTRY), write("notes.json", "{}")),
        ("notes.json", "", "does not belong in the tree", "docs/reference/schema-tree.md"),
        (REGISTRY, "", NO_FILE, "name, title and baseUrl"),
    ),
    case(
        "registry-not-json", write(REGISTRY, "{"), (REGISTRY, "", "not JSON", "write it as one JSON object")
    ),
    case(
        "registry-duplicate-key",
        write(
            REGISTRY,
            '{"name": "acme", "title": "Acme", "name": "acme", "baseUrl": "https://acme.example/schemas/"}',
        ),
        (
            REGISTRY,
            "",
            "the key 'name' appears twice in the same object (line 1, column 35)",
            "keep one of them",
        ),
    ),
    case(
        "base-url-another",
        put(REGISTRY, "/baseUrl", "https://acme.example/v2/"),
        *ids_wrong("https://acme.example/v2/"),
    ),
    case(
        "base-url-without-slash",
        put(REGISTRY, "/baseUrl", "https://acme.example/schemas"),
        (REGISTRY, "/baseUrl", "does not match the documented format", "expected"),
    ),
    case(
        "base-url-number",
        put(REGISTRY, "/baseUrl", 5),
        (REGISTRY, "/baseUrl", "wrong type", "expected string"),
    ),
    case(
        "base-url-misspelt",
        rename(REGISTRY, "/baseUrl", "baseURL"),
        (REGISTRY, "", "'baseUrl' is missing", "did you mean"),
    ),
    case(
        "registry-misspelt-key",
        rename(REGISTRY, "/title", "titel"),
        (REGISTRY, "", "'title' is missing", "found 'titel': did you mean 'title'?"),
    ),
    case(
        "registry-unknown-key",
        put(REGISTRY, "/owner", "we"),
        (REGISTRY, "/owner", "unknown field 'owner'", "remove it"),
    ),
    # provider.json
    case("provider-missing", remove(PROVIDER), (PROVIDER, "", NO_FILE, "add it, with the provider's title")),
    case(
        "provider-array",
        write(PROVIDER, "[]"),
        (PROVIDER, "", "is not a JSON object", "write it as one JSON object"),
    ),
    case(
        "provider-unknown-key",
        put(PROVIDER, "/owner", "we"),
        (PROVIDER, "/owner", "unknown field 'owner'", "remove it"),
    ),
    case(
        "service-missing",
        drop(PROVIDER, "/services/disk"),
        (PROVIDER, "/services", "the service 'disk' is missing", "add its title and summary"),
    ),
    # event.json
    *(
        case(
            f"event-without-{key}",
            drop(EVENT, f"/{key}"),
            (EVENT, "", f"'{key}' is missing", f"expected the field '{key}'"),
        )
        for key in REQUIRED
    ),
    case(
        "event-misspelt-key",
        rename(EVENT, "/severity", "severty"),
        (EVENT, "", "'severity' is missing", "found 'severty': did you mean 'severity'?"),
    ),
    case(
        "event-unknown-key",
        put(EVENT, "/Sent ", "x"),
        (EVENT, "/Sent ", "unknown field 'Sent '", "remove it"),
    ),
    case(
        "event-near-unknown-key",
        put(EVENT, "/replacedby", "x"),
        (EVENT, "/replacedby", "unknown field 'replacedby'", "did you mean 'replacedBy'?"),
    ),
    case(
        "event-wrong-severity",
        put(EVENT, "/severity", "high"),
        (EVENT, "/severity", "is not a documented value", 'expected "critical", "warning"'),
    ),
    case(
        "event-near-severity",
        put(EVENT, "/severity", "Warning"),
        (EVENT, "/severity", "is not a documented value", "did you mean 'warning'?"),
    ),
    case(
        "version-without-file",
        remove(NEW),
        (EVENT, "/versions/2.0.0", "no file for this version", f"add {NEW}"),
    ),
    case(
        "file-without-version", drop(EVENT, "/versions/1.0.0"), (OLD, "", "this version is not listed", LISTS)
    ),
    case(
        "bad-version-text",
        rename(EVENT, "/versions/2.0.0", "2.0"),
        (EVENT, "/versions/2.0", "the key '2.0' does not match the documented format", "MAJOR.MINOR.PATCH"),
    ),
    case(
        "day-that-is-none",
        put(EVENT, "/versions/1.0.0/firstSeen", "2023-02-31"),
        (EVENT, "/versions/1.0.0/firstSeen", "does not match the documented format", "yyyy-MM-dd"),
    ),
    case(
        "unknown-source-near",
        put(EVENT, "/sources/0", "disk-event"),
        (EVENT, "/sources/0", "unknown source 'disk-event'", "did you mean 'disk-events'?"),
    ),
    case(
        "unknown-source-far",
        put(EVENT, "/sources/0", "blog"),
        (EVENT, "/sources/0", "unknown source 'blog'", f"add it to 'sources' in {PROVIDER}"),
    ),
    case(
        "unknown-source-of-version",
        put(EVENT, "/versions/1.0.0/source", "blog"),
        (EVENT, "/versions/1.0.0/source", "unknown source 'blog'", f"add it to 'sources' in {PROVIDER}"),
    ),
    case(
        "unknown-envelope-near",
        put(EVENT, "/envelopes/0", "acme/web-hok"),
        (EVENT, "/envelopes/0", "unknown envelope 'acme/web-hok'", "did you mean 'acme/webhook'?"),
    ),
    case(
        "unknown-envelope-far",
        put(EVENT, "/envelopes/0", "acme/post"),
        (EVENT, "/envelopes/0", "unknown envelope 'acme/post'", "use an envelope in this tree, or add it"),
    ),
    case(
        "event-missing",
        remove(EVENT),
        (EVENT, "", NO_FILE, "add it, or move the versions"),
    ),
    # envelope.json
    case(
        "envelope-misspelt-key",
        rename(f"{WEBHOOK}/envelope.json", "/summary", "sumary"),
        (f"{WEBHOOK}/envelope.json", "", "'summary' is missing", "'sumary'"),
    ),
    case(
        "envelope-unknown-key",
        put(f"{WEBHOOK}/envelope.json", "/recognise/any", 1),
        (f"{WEBHOOK}/envelope.json", "/recognise/any", "unknown field 'any'", "remove it"),
    ),
    case(
        "bare-with-versions",
        put(
            f"{BARE}/envelope.json",
            "/versions",
            {"1.0.0": {"firstSeen": "2026-01-15", "source": "delivery", "by": "provider", "note": "A day."}},
        ),
        (
            f"{BARE}/envelope.json",
            "/slot",
            "a bare form is the whole document and has no versions",
            "remove the versions",
        ),
        (f"{BARE}/envelope.json", "/versions/1.0.0", "no file for this version", f"add {BARE}/1.0.0.json"),
    ),
    case(
        "bare-with-slot",
        put(f"{BARE}/envelope.json", "/slot/at", "/data"),
        (f"{BARE}/envelope.json", "/slot", "a bare form is the whole document", '"at": ""'),
    ),
    case(
        "wrapper-without-versions",
        all_of(drop(f"{WEBHOOK}/envelope.json", "/versions"), remove(f"{WEBHOOK}/1.0.0.json")),
        (f"{WEBHOOK}/envelope.json", "", "has no versions", "add 1.0.0.json and an entry for it"),
    ),
    case(
        "capture-no-pattern",
        put(f"{QUEUE}/envelope.json", "/key/name/capture", "(["),
        (f"{QUEUE}/envelope.json", "/key/name/capture", "is not a valid regular expression", "fix it"),
    ),
    case(
        "capture-without-group",
        put(f"{QUEUE}/envelope.json", "/key/name/capture", "^Acme event [A-Za-z.]+$"),
        (
            f"{QUEUE}/envelope.json",
            "/key/name/capture",
            "has 0 groups",
            "use one group for the part that counts",
        ),
    ),
    case(
        "capture-two-groups",
        put(f"{QUEUE}/envelope.json", "/key/name/capture", "^Acme event (([A-Za-z.]+))$"),
        (f"{QUEUE}/envelope.json", "/key/name/capture", "has 2 groups", "(?:…) for the others"),
    ),
    # schema files
    case(
        "wrong-id",
        put(NEW, "/$id", f"{BASE}{OLD}"),
        (NEW, "/$id", f"is '{BASE}{OLD}'", f"write '{BASE}{NEW}'"),
    ),
    case("id-missing", drop(NEW, "/$id"), (NEW, "/$id", "is missing", f"write '{BASE}{NEW}'")),
    case(
        "reference-to-no-file",
        put(NEW, "/properties/diskId/allOf/0/$ref", "../../_shared/disk.json"),
        (
            NEW,
            "/properties/diskId/allOf/0/$ref",
            f"the reference '../../_shared/disk.json' {NOWHERE}",
            "a file in this tree",
        ),
    ),
    case(
        "reference-to-no-definition",
        put(NEW, "/properties/diskId/allOf/0/$ref", "#/definitions/disk"),
        (
            NEW,
            "/properties/diskId/allOf/0/$ref",
            f"the reference '#/definitions/disk' {NOWHERE}",
            "and a location in that file",
        ),
    ),
    case(
        "reference-to-the-network",
        put(NEW, "/properties/diskId/allOf/0/$ref", "http://json-schema.org/draft-07/schema#"),
        (
            NEW,
            "/properties/diskId/allOf/0/$ref",
            f"'http://json-schema.org/draft-07/schema#' {NOWHERE}",
            "a file in this tree",
        ),
    ),
    case(
        "reference-no-url",
        put(NEW, "/properties/diskId/allOf/0/$ref", "http://[disk"),
        (
            NEW,
            "/properties/diskId/allOf/0/$ref",
            'not a valid draft-07 schema: "http://[disk" is not a "uri-reference"',
            "fix the keyword",
        ),
    ),
    case(
        "reference-not-ascii",
        put(NEW, "/properties/diskId/allOf/0/$ref", "#/definitions/²"),
        (
            NEW,
            "/properties/diskId/allOf/0/$ref",
            'not a valid draft-07 schema: "#/definitions/²" is not a "uri-reference"',
            "fix the keyword",
        ),
    ),
    case(
        "reference-below-property-called-enum",
        put(NEW, "/properties/enum", {"description": "More.", "allOf": [{"$ref": "no.json"}]}),
        (NEW, "/properties/enum/allOf/0/$ref", f"'no.json' {NOWHERE}", "a file in this tree"),
    ),
    case(
        "reference-to-itself",
        definition(
            NEW,
            "more",
            {
                "description": "More.",
                "type": "object",
                "properties": {"more": {"description": "More.", "allOf": [{"$ref": "#/definitions/more"}]}},
            },
        ),
        (
            NEW,
            "/definitions/more/properties/more/allOf/0/$ref",
            "'#/definitions/more' leads back to itself",
            "without a reference to itself",
        ),
    ),
    case(
        "references-without-number",
        put(NEW, "/definitions", DOUBLING),
        (NEW, "", "refers to 4,194,261 schemas in total, more than 100,000", "use fewer references"),
    ),
    case(
        "wrong-type-keyword",
        put(NEW, "/properties/at/type", "strnig"),
        (NEW, "/properties/at/type", "not a valid draft-07 schema", "fix the keyword"),
    ),
    case(
        "pattern-no-pattern",
        put(SHARED, "/pattern", "(["),
        (SHARED, "/pattern", "not a valid draft-07 schema", "fix the keyword"),
    ),
    case("schema-array", write(NEW, "[]"), (NEW, "", "is not a JSON object", "write it as one JSON object")),
    case(
        "schema-link-to-nothing",
        all_of(remove(NEW), lambda tree: (tree / NEW).symlink_to("nothing.json")),
        (NEW, "", "cannot be read: No such file or directory", UNREAD),
    ),
    case("schema-empty", write(NEW, ""), (NEW, "", "the document is empty", "JSON object")),
    case(
        "schema-comment",
        write(NEW, "{\n  // the body\n}\n"),
        (NEW, "", "(line 2, column 3)", "JSON has no comments"),
    ),
    # the tree
    case(
        "stray-file",
        write("acme/disk/notes.json", "{}"),
        (
            "acme/disk/notes.json",
            "",
            "this file does not belong in the tree",
            "docs/reference/schema-tree.md",
        ),
    ),
    case(
        "misspelt-examples",
        write(f"{DISK_FULL}/example/2.0.0/valid/a.json", "{}"),
        (
            f"{DISK_FULL}/example/2.0.0/valid/a.json",
            "",
            "does not belong in the tree",
            "docs/reference/schema-tree.md",
        ),
    ),
]


@pytest.mark.parametrize(("change", "expected"), CASES)
def test_a_fault_is_reported_where_it_is_and_nothing_else_is(
    good_tree: Path, change: Change, expected: Expected
) -> None:
    """One thing wrong gives exactly its own fault: the file, the place in it, what is wrong and what to do."""
    change(good_tree)
    found = faults_of(good_tree)
    assert [(fault.file, fault.pointer) for fault in found] == [
        (file, pointer) for file, pointer, _, _ in expected
    ]
    texts = [
        (part(fault.message, message), part(fault.fix, fix))
        for fault, (_, _, message, fix) in zip(found, expected, strict=True)
    ]
    assert texts == [(message, fix) for _, _, message, fix in expected]


def test_faults_of_several_files_are_reported_together_sorted_by_file(good_tree: Path) -> None:
    """Whoever mends a tree sees all there is to mend, in one run and in the order of the files."""
    put(f"{SNAPSHOT}/event.json", "/severity", "bad")(good_tree)
    put(NEW, "/$id", "https://elsewhere.example/")(good_tree)
    put(f"{BARE}/envelope.json", "/sources/0", "deliver")(good_tree)
    assert [(fault.file, fault.pointer) for fault in faults_of(good_tree)] == [
        (f"{BARE}/envelope.json", "/sources/0"),
        (NEW, "/$id"),
        (f"{SNAPSHOT}/event.json", "/severity"),
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_a_fault(good_tree: Path) -> None:
    """A file that cannot be read is reported like any other fault."""
    (good_tree / NEW).chmod(0)
    assert faults_of(good_tree) == [Fault(NEW, "", "cannot be read: Permission denied", UNREAD)]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """A wrong --schemas says which folder was looked for, and what to give."""
    with pytest.raises(BrokenRegistry) as caught:
        Registry.load(tmp_path / "nothing")
    fix = "pass the folder that contains registry.json to --schemas"
    assert caught.value.faults == (Fault(str(tmp_path / "nothing"), "", "no such folder", fix),)


def test_an_empty_folder_is_no_registry(tmp_path: Path) -> None:
    """A folder without a registry.json says that it lacks one."""
    assert [(fault.file, fault.message) for fault in faults_of(tmp_path)] == [(REGISTRY, "no such file")]


def run(words: list[str], tree: Path) -> int:
    """Run a command of the table on a tree, in this process."""
    command, *rest = words
    return main([command, "--schemas", str(tree), *(word.format(tree=tree) for word in rest)])


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_every_command_refuses_a_broken_tree_and_prints_every_fault(
    good_tree: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Exit code 3, nothing on standard output, and on standard error all faults in full: no command works with half a registry."""
    put(f"{SNAPSHOT}/event.json", "/status", "gone")(good_tree)
    write("acme/notes.json", "{}")(good_tree)
    code = run(words, good_tree)
    printed = capsys.readouterr()
    assert (code, printed.out) == (3, "")
    assert printed.err.splitlines() == [
        "signalbook: the registry is broken: 2 errors",
        f"{good_tree}/{SNAPSHOT}/event.json#/status: is not a documented value",
        '    expected "active", "preview", "deprecated"',
        f"{good_tree}/acme/notes.json: this file does not belong in the tree",
        "    move it; docs/reference/schema-tree.md shows where files belong",
    ]


LOOK_AROUND = {"description": "More.", "type": "string", "pattern": "^(?!x)[a-z]+$", "x-form": "letters"}
TO_ITSELF = definition(NEW, "more", True, "#")


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(put(SHARED, "/pattern", "(["), id="no-pattern"),
        pytest.param(TO_ITSELF, id="recursive"),
    ],
)
def test_every_command_refuses_a_schema_that_no_engine_can_use(
    good_tree: Path, capsys: pytest.CaptureFixture[str], change: Change, words: list[str]
) -> None:
    """A schema that cannot be compiled is the tree's fault, said so with exit code 3, and never a traceback."""
    change(good_tree)
    code = run(words, good_tree)
    assert (code, "Traceback" in capsys.readouterr().err) == (3, False)


def test_a_pattern_that_only_our_engine_refuses_gives_exit_3(
    good_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Look-around is a regular expression that linear-time engines refuse: validating with it says which file, not where our code was."""
    put(NEW, "/properties/note", LOOK_AROUND)(good_tree)
    assert run(COMMANDS["validate"], good_tree) == 3
    head, fault, _ = capsys.readouterr().err.split("\n", 2)
    assert head == "signalbook: the registry is broken: 1 error"
    assert fault.startswith(f"{good_tree}/{NEW}: the engine cannot use this schema: ")


def test_what_the_engine_says_is_told_in_one_line(good_tree: Path) -> None:
    """A fault is a line and what to do is another, whoever found it."""
    put(NEW, "/properties/note", LOOK_AROUND)(good_tree)
    with pytest.raises(BrokenRegistry) as caught:
        _ = Registry.load(good_tree).contract("acme/disk/disk-full").checker
    assert [fault.message.count("\n") for fault in caught.value.faults] == [0]


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        pytest.param("more", "#/definitions/more", id="plain"),
        pytest.param("a/b", "#/definitions/a~1b", id="escaped-slash"),
        pytest.param("404", "#/definitions/404", id="digits"),
        pytest.param("a b", "#/definitions/a%20b", id="percent-encoded"),
    ],
)
def test_a_reference_reaches_a_definition_of_any_name(good_tree: Path, name: str, reference: str) -> None:
    """What draft-07 allows in a reference is found: RFC 6901 escapes, percent-encoding, names made of digits."""
    definition(NEW, name, {"type": "string", "maxLength": 3}, reference)(good_tree)
    contract = Registry.load(good_tree).contract("acme/disk/disk-full")
    assert contract.resolved["properties"]["extra"]["allOf"] == [{"type": "string", "maxLength": 3}]


@pytest.mark.parametrize(
    "name",
    [
        "const",
        "examples",
        "properties",
        "items",
        "$ref",
    ],
)
def test_a_property_may_have_the_name_of_a_keyword(good_tree: Path, name: str) -> None:
    """A body's field is a field, whatever it is called: its schema reaches the contract as it was written."""
    put(
        NEW,
        f"/properties/{name}",
        {"description": "A field.", "allOf": [{"$ref": "../../_shared/disk-id.json"}]},
    )(good_tree)
    contract = Registry.load(good_tree).contract("acme/disk/disk-full")
    body = {
        "event": "Disk.Full",
        "diskId": "d-7f3k2m9q",
        "at": "2025-06-03T08:15:00Z",
        "usage": {"percent": 91},
    }
    assert contract.checker.problems({**body, name: "d-7f3k2m9q"}) == []
    assert [
        (problem.path, problem.rule) for problem in contract.checker.problems({**body, name: "none"})
    ] == [((name,), "pattern")]


def test_a_registry_cannot_be_changed(good_tree: Path) -> None:
    """A registry and all it holds are frozen: what one caller got, the next one gets."""
    registry = Registry.load(good_tree)
    event = registry.event("acme/disk/disk-full")
    for value in (
        registry,
        event,
        event.newest,
        registry.envelopes["acme/webhook"],
        registry.providers["acme"],
    ):
        with pytest.raises(AttributeError):
            value.title = "changed"  # type: ignore[misc]


def test_loading_reads_each_file_once_and_nothing_from_the_network(good_tree: Path) -> None:
    """Every file of the tree is opened once, no example is, and no socket is made."""
    script = """
import collections, json, sys
from signalbook import Registry

root, opened, sockets = sys.argv[1], collections.Counter(), []

def watch(event, arguments):
    if event == "open" and str(arguments[0]).startswith(root):
        opened[str(arguments[0])] += 1
    elif event.startswith("socket."):
        sockets.append(event)

sys.addaudithook(watch)
registry = Registry.load(root)
for event in registry.events.values():
    event.newest.checker
print(json.dumps([opened, sockets]))
"""
    done = subprocess.run([sys.executable, "-c", script, str(good_tree)], capture_output=True, check=True)
    files = {str(path): 1 for path in good_tree.rglob("*.json") if "examples" not in path.parts}
    assert json.loads(done.stdout) == [files, []]


def test_a_registry_knows_what_its_files_say(good_tree: Path) -> None:
    """What was read is what was written: names, services, versions in order, sources, envelopes, the shared definition."""
    registry = Registry.load(good_tree)
    event = registry.event("acme/disk/disk-full")
    assert (registry.name, registry.base_url) == ("acme-events", BASE)
    assert list(registry.events) == ["acme/disk/disk-full", "acme/disk/snapshot-failed"]
    assert list(registry.envelopes) == ["acme/bare-disk", "acme/queue", "acme/webhook"]
    assert [service.title.zh for service in registry.providers["acme"].services.values()] == ["云盘"]
    assert (event.newest.version, [contract.version for contract in event.older()]) == ("2.0.0", ["1.0.0"])
    assert (event.versions["1.0.0"].source.id, event.versions["1.0.0"].page.id) == (
        "disk-events-2023",
        "disk-events",
    )
    assert event.match == {"name": "Disk.Full"}
    assert list(registry.shared) == [SHARED]


@pytest.mark.parametrize("wanted", ["acme/disk/disk-full", "disk-full", "Disk.Full"])
def test_an_event_is_found_by_its_id_its_last_word_and_its_name(good_tree: Path, wanted: str) -> None:
    """Who knows one of an event's names finds it."""
    assert Registry.load(good_tree).event(wanted).id == "acme/disk/disk-full"


@pytest.mark.parametrize(
    ("wanted", "version", "nearest"),
    [
        ("acme/disk/disk-ful", None, ("acme/disk/disk-full",)),
        ("disk.full", None, ("Disk.Full",)),
        ("acme/disks/snapshot-failed", None, ("acme/disk/snapshot-failed",)),
        ("zebra", None, ()),
        ("disk-full", "3.0.0", ("acme/disk/disk-full@1.0.0", "acme/disk/disk-full@2.0.0")),
    ],
)
def test_an_unknown_contract_names_the_nearest(
    good_tree: Path, wanted: str, version: str | None, nearest: tuple[str, ...]
) -> None:
    """What the registry does not hold is refused with what was probably meant."""
    with pytest.raises(UnknownContract) as caught:
        Registry.load(good_tree).contract(wanted, version)
    assert caught.value.nearest == nearest


def test_a_name_that_several_events_have_names_them_all(good_tree: Path) -> None:
    """A last word or a name that is not enough is answered with the ids to choose from."""
    again = "acme/volume/disk-full"
    service = {"title": {"en": "Volumes"}, "summary": "Notifies about volumes."}
    all_of(
        put(PROVIDER, "/services/volume", service),
        *(
            copy(f"{DISK_FULL}/{file}", f"{again}/{file}")
            for file in ("event.json", "1.0.0.json", "2.0.0.json")
        ),
    )(good_tree)
    all_of(
        *(
            put(f"{again}/{version}.json", "/$id", f"{BASE}{again}/{version}.json")
            for version in ("1.0.0", "2.0.0")
        )
    )(good_tree)
    with pytest.raises(UnknownContract) as caught:
        Registry.load(good_tree).event("disk-full")
    assert caught.value.nearest == ("acme/disk/disk-full", again)


def test_versions_are_ordered_by_number(good_tree: Path) -> None:
    """10.0.0 is newer than 2.0.0, whatever the alphabet says."""
    about = {"firstSeen": "2026-01-15", "source": "disk-events", "by": "provider", "note": "A change."}
    all_of(
        put(EVENT, "/versions/10.0.0", about),
        write(f"{DISK_FULL}/10.0.0.json", (good_tree / NEW).read_text("utf-8")),
    )(good_tree)
    put(f"{DISK_FULL}/10.0.0.json", "/$id", f"{BASE}{DISK_FULL}/10.0.0.json")(good_tree)
    event = Registry.load(good_tree).event("acme/disk/disk-full")
    assert [event.newest.version, *(contract.version for contract in event.older())] == [
        "10.0.0",
        "2.0.0",
        "1.0.0",
    ]
