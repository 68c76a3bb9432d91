"""Registries of other people: names that Python needs itself, names that meet, shapes that types hardly say. Each becomes types that work, or is refused clearly."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, get_args

import pytest
from pydantic import ValidationError

from breaking import BASE, save
from modelling import CHECKERS, complaints
from signalbook import Registry
from signalbook.codegen import packages as models
from signalbook.codegen import provider_times, writer
from signalbook.codegen.merging import Flat
from signalbook.errors import Unreadable
from signalbook.reading.wire_times import WireTime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
ITEM = {"type": "object", "required": ["x"], "properties": {"x": TEXT}}
NOTE = 'A """note""" with \\N, {{ braces }}, {% tags %}, a trailing backslash \\ and "quotes"'

MEMBERS = ("to_payload", "oneOf", "wireText", "unknown", "from_dict", "str", "json", "copy")

SHARED: dict[str, Any] = {
    "acme/event": ITEM,
    "acme/part": ITEM,
    "acme/literal": TEXT,
    "acme/none": TEXT,
    "acme/2fa": TEXT,
    "acme/x-y": {"type": "object", "required": ["q"], "properties": {"q": TEXT}},
    "acme/x": {
        "type": "object",
        "properties": {"y": {"type": "object", "required": ["z"], "properties": {"z": TEXT}}},
    },
    "acme/base": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": TEXT, "more": {"type": ["string", "null"]}},
    },
    "acme/middle": {"type": "object", "properties": {"m": TEXT}, "allOf": [{"$ref": "base.json"}]},
    "acme/text-of": {"type": "string", "contentMediaType": "application/json", "contentSchema": ITEM},
    "acme/either": {
        "anyOf": [{"type": "integer", "x-unit": "ms", "x-zone": "UTC"}, {"type": "string", "minLength": 2}]
    },
    "beta/x": {
        "type": "object",
        "required": ["b"],
        "properties": {"b": {"allOf": [{"$ref": "../../acme/_shared/literal.json"}]}},
    },
}


def ref(name: str) -> dict[str, Any]:
    """Return a described reference from a contract to a shared definition."""
    provider, _, word = name.partition("/")
    return {"allOf": [{"$ref": f"../../../{provider}/_shared/{word}.json"}]}


# Events by id: the schema of the body, a value to read, and values to refuse.
EVENTS: dict[str, tuple[dict[str, Any], list[Any], list[Any]]] = {
    "acme/disk/event": (
        {"properties": {"a": ref("acme/event"), "p": ref("acme/part")}},
        [{"a": {"x": "1"}, "p": {"x": "2"}}],
        [{"a": {}}, {"p": {}}],
    ),
    "acme/disk/literal": (
        {"properties": {"a": ref("acme/literal"), "n": ref("acme/none"), "f": ref("acme/2fa")}},
        [{"a": "1", "n": "2"}],
        [{"a": 1}],
    ),
    "acme/disk/2fa-enabled": (
        {"properties": {"class": TEXT, "9z": TEXT, "a b": TEXT, "名": TEXT}},
        [{"class": "c", "9z": "z", "a b": "b", "名": "m"}],
        [],
    ),
    "acme/types/none": (
        {"properties": {"vmName": TEXT, "vm_name": WHOLE}},
        [{"vmName": "a", "vm_name": 1}],
        [{"vmName": 1}, {"vm_name": "1"}],
    ),
    "acme/envelopes/lambda": (
        {
            "properties": {
                "disks": {"type": "array", "items": ITEM},
                "disk": {"type": "object", "required": ["y"], "properties": {"y": WHOLE}},
            }
        },
        [{"disks": [{"x": "1"}], "disk": {"y": 1.0}}],
        [{"disks": [{"y": 1}]}, {"disk": {"x": "1"}}],
    ),
    "acme/disk/members": (
        {
            "required": ["str"],
            "properties": dict.fromkeys([*MEMBERS, "c"], TEXT),
        },
        [dict.fromkeys(MEMBERS, "v")],
        [{"oneOf": "v"}],
    ),
    "acme/disk/values": (
        {
            "properties": {
                "one": {"const": 1},
                "half": {"type": "number", "const": 1.5},
                "yes": {"type": "boolean", "const": True},
                "mixed": {"enum": [1, "a", True]},
                "nothing": {"type": "null"},
                "any": {},
                "numbers": {"type": "array", "items": {"type": "number"}},
                "whole": {"type": "object", "additionalProperties": WHOLE},
            }
        },
        [
            {
                "one": 1,
                "half": 1.5,
                "yes": True,
                "mixed": True,
                "nothing": None,
                "any": None,
                "numbers": [9007199254740993, 10**30],
                "whole": {"k": 1.0},
            }
        ],
        [{"one": True}, {"yes": 1}, {"nothing": 0}, {"numbers": ["1"]}, {"whole": {"k": 1.5}}, {"one": 2}],
    ),
    "acme/disk/extends": (
        {"properties": {"q": TEXT}, "allOf": [{"$ref": "../../_shared/middle.json"}]},
        [{"kind": "k", "m": "m", "q": "q"}],
        [{"m": "m"}],
    ),
    "acme/disk/demands": (
        {"required": ["more"], "properties": {"q": TEXT}, "allOf": [{"$ref": "../../_shared/base.json"}]},
        [{"kind": "k", "more": None}, {"kind": "k", "more": "m"}],
        [{"kind": "k"}],
    ),
    "acme/disk/texts": (
        {
            "properties": {
                "a": ref("acme/text-of"),
                "either": ref("acme/either"),
                "x": ref("acme/x"),
                "xy": ref("acme/x-y"),
            }
        },
        [{"a": '{"x": "1"}', "either": 1704780333000, "x": {"y": {"z": "1"}}, "xy": {"q": "1"}}],
        [{"either": "a"}, {"x": {"y": {}}}, {"xy": {}}],
    ),
    "beta/disk/foreign": (
        {"properties": {"mine": ref("beta/x"), "theirs": ref("acme/x")}},
        [{"mine": {"b": "1"}, "theirs": {"y": {"z": "1"}}}],
        [{"mine": {}}],
    ),
    "class/disk/full": (
        {
            "required": ["undescribed"],
            "properties": {
                "at": {"type": "string", "format": "date-time"},
                "local": {**TEXT, "pattern": "^.*$", "x-zone": "UTC+8"},
            },
        },
        [{"undescribed": 1, "at": "2026-01-02T03:04:60.1234567Z"}],
        [{}, {"undescribed": 1, "at": "2026-13-02T03:04:05Z"}],
    ),
}


def described(schema: Any) -> Any:
    """Return a schema with a hostile description on every field."""
    if isinstance(schema, list):
        return [described(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {
        key: value if key in ("enum", "const", "required") else described(value)
        for key, value in schema.items()
    }
    fields = {name: {**inner, "description": NOTE} for name, inner in out.get("properties", {}).items()}
    return {**out, "properties": fields} if fields else out


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A registry with all of it."""
    tree = tmp_path_factory.mktemp("awkward")
    save(tree / "registry.json", {"name": "awkward", "title": "Awkward", "baseUrl": BASE})
    title = {"en": 'A title with "quotes" and \\N', "note": "There is none in Chinese."}
    version = {"1.0.0": {"firstSeen": "2026-01-15", "source": "page", "by": "provider", "note": "The first."}}
    for provider in {name.split("/")[0] for name in EVENTS}:
        services = {
            name.split("/")[1]: {"title": title, "summary": NOTE}
            for name in EVENTS
            if name.startswith(f"{provider}/")
        }
        save(
            tree / provider / "provider.json",
            {
                "title": title,
                "services": services,
                "sources": {"page": {"title": "Page", "seen": "2026-01-15"}},
            },
        )
        bare = {
            "title": title,
            "summary": NOTE,
            "kind": "bare",
            "recognise": {"keys": ["event", provider], "least": 1},
        }
        bare |= {"slot": {"at": "", "holds": "event"}, "key": {"name": {"at": "/event"}}, "sources": ["page"]}
        save(tree / provider / "_envelopes" / "bare" / "envelope.json", bare)
    for name, schema in SHARED.items():
        provider, _, word = name.partition("/")
        save(
            tree / provider / "_shared" / f"{word}.json",
            {"$id": f"{BASE}{provider}/_shared/{word}.json", "description": NOTE, **described(schema)},
        )
    for name, (schema, _, _) in EVENTS.items():
        about = {
            "name": name,
            "title": title,
            "summary": NOTE,
            "category": "exception",
            "severity": "warning",
            "status": "active",
        }
        save(
            tree / name / "event.json",
            {**about, "envelopes": [f"{name.split('/')[0]}/bare"], "versions": version, "sources": ["page"]},
        )
        save(
            tree / name / "1.0.0.json",
            {
                "$id": f"{BASE}{name}/1.0.0.json",
                "title": "T",
                "description": NOTE,
                "type": "object",
                **described(schema),
            },
        )
    return Registry.load(tree)


@pytest.fixture(scope="module")
def packages(awkward: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The types of that registry in every style, where Python finds them."""
    folder = tmp_path_factory.mktemp("packages")
    for style in models.STYLES:
        writer.write(models.package(awkward, awkward.event_contracts(), style), folder / f"awkward_{style}")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def cls(style: str, event_id: str) -> Any:
    """Return the class of an event, as `parse` looks it up."""
    module, _, name = (
        importlib.import_module(f"awkward_{style}._contracts").CONTRACTS[f"{event_id}@1.0.0"].partition(":")
    )
    return getattr(importlib.import_module(f"awkward_{style}.{module}"), name)


@pytest.mark.parametrize("event_id", EVENTS)
def test_what_fits_is_read_and_what_does_not_is_refused(packages: Path, event_id: str) -> None:
    """The models and the dataclasses: each value comes back as it was, each wrong one is refused."""
    model, plain = cls("pydantic", event_id), cls("dataclass", event_id)
    assert packages.is_dir()
    for value in EVENTS[event_id][1]:
        assert (model.model_validate(value).to_payload(), plain.from_dict(value).to_dict()) == (value, value)
    for value in EVENTS[event_id][2]:
        with pytest.raises(ValidationError):
            model.model_validate(value)
        if not any(
            isinstance(one, str) for one in value.values()
        ):  # dataclasses know types, and not the forms of texts
            with pytest.raises(ValueError, match=r"\S"):
                plain.from_dict(value)


@pytest.mark.parametrize("style", models.STYLES)
def test_every_module_is_imported(packages: Path, style: str) -> None:
    """No two modules need each other, and no class hides what a module needs."""
    names = [
        path.relative_to(packages).with_suffix("").as_posix().replace("/", ".")
        for path in (packages / f"awkward_{style}").rglob("*.py")
    ]
    code = "import importlib, sys; [importlib.import_module(name.removesuffix('.__init__')) for name in sys.argv[1:]]"
    done = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, text=True, check=False, cwd=packages
    )
    assert (len(names) > 20, done.stderr) == (True, "")


@pytest.mark.parametrize("checker", [one for one in CHECKERS if one != "ruff format"])
def test_checkers_are_content(packages: Path, checker: str) -> None:
    """Strict mypy and pyright, and ruff as a user has it who set nothing."""
    assert complaints(checker, packages, *(f"awkward_{style}" for style in models.STYLES)) == ""


def test_two_events_of_one_class_are_refused(awkward: Registry, tmp_path: Path) -> None:
    """`a-1` and `a1` would both be A1: the error names both, and nothing is silently one of them."""
    contract = awkward.contract("acme/disk/values")
    tree = tmp_path / "tree"
    for path in awkward.root.rglob("*.json"):
        save(tree / path.relative_to(awkward.root), json.loads(path.read_bytes()))
    for name in ("a-1", "a1"):
        about = json.loads((awkward.root / "acme/disk/values/event.json").read_bytes())
        save(tree / "acme" / "disk" / name / "event.json", {**about, "name": name})
        save(
            tree / "acme" / "disk" / name / "1.0.0.json",
            {**contract.schema, "$id": f"{BASE}acme/disk/{name}/1.0.0.json"},
        )
    registry = Registry.load(tree)
    with pytest.raises(Unreadable, match="acme/disk/a-1 and acme/disk/a1"):
        models.package(registry, registry.event_contracts())


@pytest.mark.parametrize(
    ("zone", "offset"), [("UTC", "+00:00"), ("UTC+8", "+08:00"), ("UTC+05:30", "+05:30")]
)
def test_a_zone_that_is_documented_reads_times_without_one(zone: str, offset: str) -> None:
    """The text bears no offset, the contract says which one it is: the datetime is aware, and the text comes back."""
    field = {
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}$",
        "x-zone": zone,
        "examples": ["2026-01-02 03:04:05"],
    }
    found = eval(  # noqa: S307 - our own text
        provider_times.expression(Flat(field)),
        {"Annotated": Annotated, "datetime": datetime, "WireTime": WireTime},
    )
    read = get_args(found)[1].read("2026-01-02 03:04:05")
    assert (read.isoformat(), get_args(found)[1].write(read)) == (
        f"2026-01-02T03:04:05{offset}",
        "2026-01-02 03:04:05",
    )
