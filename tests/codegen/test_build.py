"""The rooms `build` and `compose`: every bundle means what its contract means, to any draft-07 engine, and is the same on every machine."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from breaking import BASE, NEW, QUEUE, SHARED, WEBHOOK, all_of, copy, definition, drop, put
from conftest import ROOT
from signalbook import CannotCompose, Registry
from signalbook.cli.main import main
from signalbook.codegen import bundles as compose
from signalbook.codegen import writer
from signalbook.reading import strict_json
from signalbook.registry import examples
from signalbook.site import builder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from breaking import Change
    from signalbook.registry.examples import Kind

VALUES = frozenset({"const", "enum", "examples", "x-known"})
MAPS = frozenset({"properties", "patternProperties", "definitions"})


def subschemas(schema: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every subschema with its place; values and names of properties are none."""
    if isinstance(schema, dict):
        yield pointer, schema
        for key, inner in schema.items():
            if key in MAPS:
                for name, one in inner.items():
                    yield from subschemas(one, f"{pointer}/{key}/{name}")
            elif key not in VALUES:
                yield from subschemas(inner, f"{pointer}/{key}")
    elif isinstance(schema, list):
        for place, one in enumerate(schema):
            yield from subschemas(one, f"{pointer}/{place}")


def validator(schema: Any) -> jsonschema.Draft7Validator:
    """Return a validator of the reference engine, which knows nothing of the kit, for one bundle alone."""
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)


def verdicts(registry: Registry, kind: Kind) -> dict[str, bool]:
    """Return whether the body's bundle accepts each example of a kind, by its path."""
    out: dict[str, bool] = {}
    for contract in registry.event_contracts():
        checks = validator(compose.bundle(contract))
        out |= {
            str(one.file.relative_to(registry.root)): checks.is_valid(one.value)
            for one in examples.of(registry, contract, kind)
        }
    return out


@pytest.fixture(scope="module")
def made(either: Registry) -> dict[str, bytes]:
    """Everything that is generated from a registry."""
    return builder.generated_files(either)


@pytest.fixture(scope="module")
def bundles(made: dict[str, bytes]) -> dict[str, Any]:
    """Every bundle, read back."""
    return {name: strict_json.loads(data) for name, data in made.items() if name.startswith("bundles/")}


def test_there_is_a_bundle_for_every_body_and_every_envelope_that_can_be_one(
    either: Registry, made: dict[str, bytes]
) -> None:
    """Body × envelope: each version has its body, and one bundle for each wrapper that its event travels in."""
    wanted = {"index.json"}
    for contract in either.event_contracts():
        wrappers = [either.envelopes[one] for one in either.events[contract.of].envelopes]
        names = ["body", *(one.id.split("/")[1] for one in wrappers if not one.bare)]
        wanted |= {f"bundles/{contract.of}/{contract.version}/{name}.json" for name in names}
    assert {name for name in made if not name.startswith(("python/", "fuzz/"))} == wanted


def test_every_bundle_is_a_draft_07_schema(bundles: dict[str, Any]) -> None:
    """Any tool that reads draft-07 can use it."""
    broken = [
        name
        for name, schema in bundles.items()
        if not jsonschema.Draft7Validator(jsonschema.Draft7Validator.META_SCHEMA).is_valid(schema)
    ]
    assert (broken, {schema["$schema"] for schema in bundles.values()}) == (
        [],
        {"http://json-schema.org/draft-07/schema#"},
    )


def strays(schema: Any) -> list[str]:
    """Return every place in a bundle that needs something outside it: an $id, or a reference to what is not among its definitions."""
    found = [f"{pointer}/$id" for pointer, node in subschemas(schema) if "$id" in node]
    for pointer, node in subschemas(schema):
        reference = node.get("$ref", "#/definitions/")
        name = reference.removeprefix("#/definitions/").replace("~1", "/").replace("~0", "~")
        if "$ref" in node and (
            not reference.startswith("#/definitions/") or name not in schema["definitions"]
        ):
            found.append(f"{pointer}/$ref")
    return found


def test_no_bundle_needs_anything_outside_it(bundles: dict[str, Any]) -> None:
    """No `$id` inside, and every reference leads to one of its own definitions."""
    assert {name: found for name, schema in bundles.items() if (found := strays(schema))} == {}


def test_a_bundle_accepts_every_valid_example(either: Registry) -> None:
    """The reference engine, with the bundle and nothing else, accepts what the catalogue calls valid."""
    found = verdicts(either, "valid")
    assert (bool(found), [name for name, accepted in found.items() if not accepted]) == (True, [])


def test_a_bundle_rejects_every_invalid_example(either: Registry) -> None:
    """The reference engine, with the bundle and nothing else, rejects what the catalogue calls invalid."""
    found = verdicts(either, "invalid")
    assert (bool(found), [name for name, accepted in found.items() if accepted]) == (True, [])


def test_the_bundle_of_an_envelope_accepts_what_is_delivered_in_it_and_rejects_a_broken_body(
    either: Registry, bundles: dict[str, Any]
) -> None:
    """A whole delivery is held against one schema, body included: the delivered example passes, and fails without its body."""
    tried, wrong = 0, []
    for contract in either.event_contracts():
        for example in examples.of(either, contract, "delivered"):
            schema = bundles.get(f"bundles/{contract.of}/{contract.version}/{example.words[0]}.json")
            if schema is not None:
                tried += 1
                envelope = either.envelopes[f"{contract.of.split('/')[0]}/{example.words[0]}"]
                place, text = next(iter(envelope.decode), envelope.at), bool(envelope.decode)
                slot = envelope.at[len(place) :] if text else envelope.at
                inner, value = (
                    (_described_text(schema, example.value, place)) if text else (schema, example.value)
                )
                accepted, emptied = (
                    validator(inner).is_valid(value),
                    validator(inner).is_valid(_emptied(value, slot)),
                )
                wrong += (
                    [str(example.file)]
                    if (accepted, emptied, validator(schema).is_valid(example.value)) != (True, False, True)
                    else []
                )
    assert (tried > 0, wrong) == (True, [])


def _described_text(schema: Any, delivery: Any, place: tuple[str, ...]) -> tuple[Any, Any]:
    """Return the schema of what a string holds as JSON text, which draft-07 itself passes over, and what a delivery holds there."""
    node = schema
    for step in place:
        node, delivery = node["properties"][step], delivery[step]
    assert node["contentMediaType"] == "application/json"
    return {**node["contentSchema"], "definitions": schema["definitions"]}, strict_json.loads(
        delivery.encode()
    )


def _emptied(delivery: Any, slot: tuple[str, ...]) -> Any:
    """Return a delivery whose body has lost all its fields."""
    if not slot:
        return {}
    if slot[0] == "*":
        return [_emptied(item, slot[1:]) for item in delivery]
    return {**delivery, slot[0]: _emptied(delivery[slot[0]], slot[1:])}


def test_building_is_deterministic(good_tree: Path) -> None:
    """Twice, and from a copy in another folder, the same bytes come out: what is generated can be compared and reviewed."""
    elsewhere = good_tree.parent / "elsewhere" / "schemas"
    shutil.copytree(good_tree, elsewhere)
    first, again, there = (
        builder.generated_files(Registry.load(tree)) for tree in (good_tree, good_tree, elsewhere)
    )
    assert first == again == there
    assert list(first) == sorted(first)


def test_what_is_generated_is_up_to_date(registry: Registry) -> None:
    """The files under generated/ are those that the schemas make."""
    assert (
        writer.differences(builder.generated_files(registry), ROOT / "generated", builder.OWNED).names() == []
    )


@pytest.mark.parametrize(
    ("envelope", "change", "why"),
    [
        (
            "acme/webhook",
            put(f"{WEBHOOK}/envelope.json", "/slot/holds", "payload"),
            "it holds payloads, not bodies",
        ),
        (
            "acme/webhook",
            drop(f"{WEBHOOK}/1.0.0.json", "/properties/data"),
            "its schema does not describe the slot '/data'",
        ),
        (
            "acme/queue",
            put(f"{QUEUE}/envelope.json", "/slot/holds", "payload"),
            "it holds payloads, not bodies",
        ),
    ],
    ids=["payloads", "no-slot", "payloads-in-text"],
)
def test_what_cannot_be_one_schema_says_why(good_tree: Path, envelope: str, change: Change, why: str) -> None:
    """Where event and envelope cannot be composed, the error names both and the reason."""
    change(good_tree)
    registry = Registry.load(good_tree)
    with pytest.raises(CannotCompose) as caught:
        compose.bundle(registry.contract("disk-full"), registry.envelopes[envelope])
    assert str(caught.value) == f"cannot combine acme/disk/disk-full and {envelope} into one schema: {why}"


def test_the_bundle_of_a_bare_form_is_that_of_the_body(good_tree: Path) -> None:
    """Nothing stands around a bare body, so nothing is put around its schema."""
    registry = Registry.load(good_tree)
    contract = registry.contract("disk-full")
    assert compose.bundle(contract, registry.envelopes["acme/bare-disk"]) == compose.bundle(contract)


def test_a_bundle_says_what_it_was_made_from(good_tree: Path) -> None:
    """Whoever finds the file alone knows where it came from."""
    registry = Registry.load(good_tree)
    made_from = compose.bundle(registry.contract("disk-full", "1.0.0"), registry.envelopes["acme/webhook"])[
        "$comment"
    ]
    assert (
        made_from == "Generated by 'signalbook build' from acme/disk/disk-full@1.0.0 in acme/webhook@1.0.0."
    )


SHORT = {"description": "A short text.", "type": "string", "maxLength": 3}
LONG = {"description": "A long text.", "type": "string", "minLength": 9}
BODY = {"event": "Disk.Full", "diskId": "d-7f3k2m9q", "at": "2025-06-03T08:15:00Z", "usage": {"percent": 91}}


def delivery(**body: Any) -> dict[str, Any]:
    """Return a webhook delivery of Disk.Full with more in its body."""
    return {
        "id": "8c1f6a52-4d0e-4b7a-9c53-2f0f6f3f7a11",
        "type": "Disk.Full",
        "sentAt": "2025-06-03T08:15:02Z",
        "data": {**BODY, **body},
    }


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(definition(NEW, "disk-id", SHORT), id="shared-and-own"),
        pytest.param(
            all_of(definition(NEW, "text", SHORT), definition(f"{WEBHOOK}/1.0.0.json", "text", LONG)),
            id="body-and-envelope",
        ),
        pytest.param(
            all_of(
                copy(SHARED, "other/_shared/disk-id.json"),
                put("other/_shared/disk-id.json", "/$id", f"{BASE}other/_shared/disk-id.json"),
                *(
                    put("other/_shared/disk-id.json", f"/{key}", value)
                    for key, value in (("pattern", "^.{1,3}$"), ("examples", ["abc"]))
                ),
                put(
                    NEW,
                    "/properties/extra",
                    {"description": "More.", "allOf": [{"$ref": "../../../other/_shared/disk-id.json"}]},
                ),
            ),
            id="two-providers",
        ),
        pytest.param(
            all_of(definition(NEW, "short", SHORT), definition(f"{WEBHOOK}/1.0.0.json", "DiskFull", LONG)),
            id="class-name-in-envelope",
        ),
        pytest.param(definition(NEW, "DiskFull", SHORT), id="class-name-in-body"),
        pytest.param(
            definition(NEW, "a/b", SHORT, "#/definitions/a~1b"),
            id="slash",
        ),
        pytest.param(definition(NEW, "plain", SHORT), id="no-clash"),
    ],
)
def test_definitions_of_the_same_name_do_not_get_in_each_others_way(good_tree: Path, change: Change) -> None:
    """Whatever its definitions are called, a bundle holds each of them: the short text is asked to be short and the disk's id keeps its form."""
    change(good_tree)
    registry = Registry.load(good_tree)
    schema = compose.bundle(registry.contract("disk-full"), registry.envelopes["acme/webhook"])
    assert strays(schema) == []
    checks = validator(schema)
    told = [
        checks.is_valid(one)
        for one in (delivery(), delivery(extra="abc"), delivery(extra="abcd"), delivery(diskId="abc"))
    ]
    assert told == [True, True, False, False]
    assert checks.is_valid({**delivery(), "extra": "abcd"}) == (
        LONG not in schema.get("definitions", {}).values()
    )


@pytest.mark.parametrize(
    "name",
    [
        "properties",
        "default",
        "examples",
        "definitions",
    ],
)
def test_a_property_with_the_name_of_a_keyword_is_bundled_like_any_other(good_tree: Path, name: str) -> None:
    """A reference below such a property is rewritten too."""
    put(
        NEW,
        f"/properties/{name}",
        {"description": "A disk.", "allOf": [{"$ref": "../../_shared/disk-id.json"}]},
    )(good_tree)
    schema = compose.bundle(Registry.load(good_tree).contract("disk-full"))
    assert [validator(schema).is_valid({**BODY, name: value}) for value in ("d-7f3k2m9q", "none")] == [
        True,
        False,
    ]


def test_an_id_inside_a_contract_does_not_get_into_its_bundle(good_tree: Path) -> None:
    """A bundle has no `$id` at any depth."""
    put(NEW, "/properties/thing", {"$id": f"{BASE}thing.json", **SHORT})(good_tree)
    assert strays(compose.bundle(Registry.load(good_tree).contract("disk-full"))) == []


def run(good_tree: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str]]:
    """Run `signalbook build` into a folder beside the tree; return its exit code and the lines it printed, that folder left out."""
    out = good_tree.parent / "out"
    code = main(["build", "--schemas", str(good_tree), "--out", str(out), "--docs", "", *words])
    return code, capsys.readouterr().out.replace(str(out), "OUT").splitlines()


def test_the_command_writes_checks_and_shows_what_would_change(
    good_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check and --diff write nothing and exit 1 where a file is out of date; without them all is written and then up to date."""
    body = "OUT/bundles/acme/disk/snapshot-failed/1.0.0/body.json"
    assert run(good_tree, capsys, "--check")[0] == 1
    assert not (good_tree.parent / "out").exists()
    assert run(good_tree, capsys) == (0, ["OUT: 27 of 27 files written"])
    assert run(good_tree, capsys, "--check") == (0, ["OUT is up to date"])
    (good_tree.parent / "out" / "bundles" / "old.json").write_text(
        '{"$comment": "Generated by \'signalbook build\' from something."}\n', "utf-8"
    )
    for mine in ("bundles/mine.json", "python/mine.py", "fuzz/mine.py"):
        (good_tree.parent / "out" / mine).write_text("{}\n", "utf-8")
    put("acme/disk/snapshot-failed/1.0.0.json", "/title", "No snapshot")(good_tree)
    queue, webhook = body.replace("body", "queue"), body.replace("body", "webhook")
    stale = [
        *(f"{name}: out of date" for name in (body, queue, webhook)),
        "OUT/bundles/old.json: nothing makes this file any more",
    ]
    advice = "OUT: run 'signalbook build' to update it"
    assert run(good_tree, capsys, "--check") == (1, [*stale, advice])
    code, lines = run(good_tree, capsys, "--diff")
    assert (code, lines[:2], lines[-1]) == (1, [f"--- {body}", f"+++ {body} (as it should be)"], advice)
    assert [line for line in lines if line.startswith(("+ ", "- "))][:2] == [
        '-  "title": "Snapshot failed",',
        '+  "title": "No snapshot",',
    ]
    assert run(good_tree, capsys) == (0, ["OUT: 4 of 27 files written"])
    assert all(
        (good_tree.parent / "out" / mine).exists()
        for mine in ("bundles/mine.json", "python/mine.py", "fuzz/mine.py")
    )


@pytest.mark.parametrize("name", ["index.json", "bundles/acme/disk/snapshot-failed/1.0.0/body.json"])
def test_somebody_elses_file_is_not_overwritten(
    good_tree: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """A file that stands where one of ours belongs, and does not say that we wrote it, ends the run before anything is written."""
    mine = good_tree.parent / "out" / name
    mine.parent.mkdir(parents=True)
    mine.write_text('{"mine": 1}\n', "utf-8")
    assert run(good_tree, capsys)[0] == 2
    assert [path for path in (good_tree.parent / "out").rglob("*") if path.is_file()] == [mine]


def test_every_generated_file_says_that_we_wrote_it() -> None:
    """Whatever stands in `generated/` would be known as ours by its content."""
    kept = [
        path
        for folder in (*builder.OWNED,)
        for path in [ROOT / "generated" / folder, *(ROOT / "generated" / folder).rglob("*")]
    ]
    names = [
        path.relative_to(ROOT / "generated").as_posix()
        for path in kept
        if path.is_file() and path.suffix != ".pyc"
    ]
    assert len(names) > 500
    assert [name for name in names if not writer.is_ours(ROOT / "generated", name)] == []


def test_an_output_folder_that_cannot_be_written_is_the_callers_fault(
    good_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--out names a file: usage, exit code 2, and no traceback."""
    (good_tree.parent / "out").write_text("a file", "utf-8")
    code = main(["build", "--schemas", str(good_tree), "--out", str(good_tree.parent / "out"), "--docs", ""])
    assert (code, "Traceback" in capsys.readouterr().err) == (2, False)
