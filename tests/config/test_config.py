"""The configuration of a project: where it is found, what it may say, what its ignores do, and how it tells of its faults."""

from __future__ import annotations

import json
import pickle
import re
import string
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from signalbook import Finding, Part, Registry, Verdict, config
from signalbook.config import loader, toml_lines
from signalbook.config.ignores import Ignores, leads_to, settled
from signalbook.config.settings import Config, Ignore
from signalbook.errors import BrokenConfig, Unreadable

SCHEMA = json.loads((ROOT / "src" / "signalbook" / "meta" / "config.schema.json").read_text("utf-8"))
FULL = """\
paths = ["payloads", "more/*.json"]
exclude = ["payloads/raw/**", "*.tmp.json"]
level = "strict"
schemas = "my-schemas"
at = 2024-05-31
baseline = "payloads.baseline.json"
show = "findings"
jobs = 2

[pins]
"alibaba/ecs/instance-state-change" = "1.0.0"
"alibaba/cloudmonitor" = "any"

[limits]
depth = 32
size = 1_000_000
string = 65536
keys = 500
expansion = 0

[[ignore]]
reason = "the old recorder cut ids off"
until = 2026-12-31
rule = "pattern"
event = "alibaba/ecs"
path = "payloads/recorded/**"
pointer = "/items/*/id"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty git repository, which is the working folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, text: str) -> str:
    """Write a file below the working folder, and return its path."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", ["signalbook.toml", "pyproject.toml"])
def test_every_key_is_read(here: Path, name: str) -> None:
    """All that a file may say arrives, as the command takes it; in a `pyproject.toml` it stands in a table of its own."""
    text = (
        FULL.replace("[[", "[[tool.signalbook.")
        .replace("\n[", "\n[tool.signalbook.")
        .replace("[tool.signalbook.[tool", "[[tool")
    )
    found = config.load(write(name, FULL if name == "signalbook.toml" else f"[tool.signalbook]\n{text}"))
    assert found.options() == {
        "paths": ("payloads", "more/*.json"),
        "exclude": ("payloads/raw/**", "*.tmp.json"),
        "level": "strict",
        "schemas": "my-schemas",
        "at": "2024-05-31",
        "pins": {"alibaba/ecs/instance-state-change": "1.0.0", "alibaba/cloudmonitor": "any"},
        "baseline": "payloads.baseline.json",
        "show": "findings",
        "jobs": 2,
        "max_depth": 32,
        "max_size": 1_000_000,
        "max_string": 65536,
        "max_keys": 500,
        "max_expansion": 0,
    }
    assert found.ignore == (
        Ignore(
            "the old recorder cut ids off",
            "2026-12-31",
            "pattern",
            "alibaba/ecs",
            "payloads/recorded/**",
            "/items/*/id",
        ),
    )
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
    assert here.is_dir()


@pytest.mark.usefixtures("here")
def test_what_is_not_said_is_no_option() -> None:
    """An empty file changes nothing."""
    assert config.load(write("signalbook.toml", "")).options() == {}


@pytest.mark.usefixtures("here")
def test_paths_are_relative_to_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """From whatever folder the command is run, the file means the same places; a glob that holds at every depth stays as it is."""
    write("deep/er/a.json", "{}")
    write("signalbook.toml", FULL)
    write(
        "more.toml",
        'paths = ["deep/er/a.json", "deep"]\nexclude = ["deep/er/x/", "deep/b*/**", "**/c/d", "e/"]',
    )
    monkeypatch.chdir("deep/er")
    inner = config.load("../../more.toml")
    assert (inner.paths, inner.exclude) == (("a.json", ".."), ("x/", "../b*/**", "**/c/d", "e/"))
    found = config.load("../../signalbook.toml")
    assert [*found.paths, *found.exclude, found.schemas, found.baseline] == [
        *("../../payloads", "../../more/*.json", "../../payloads/raw/**", "*.tmp.json"),
        *("../../my-schemas", "../../payloads.baseline.json"),
    ]


@pytest.mark.usefixtures("here")
def test_the_nearest_file_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """In each folder upward `signalbook.toml` goes before a `pyproject.toml` that has our table; the folder with .git is the last."""
    write("../signalbook.toml", "")
    write("a/b/c/pyproject.toml", '[project.scripts]\nsignalbook = "signalbook.cli.main:main"\n')
    monkeypatch.chdir("a/b/c")
    steps: list[str | None] = [config.find(".")]
    for path, text in [
        ("../../../pyproject.toml", "[tool.signalbook]"),
        ("../../../signalbook.toml", ""),
        ("../pyproject.toml", "[tool.signalbook.limits]\ndepth = 1"),
        ("../signalbook.toml", ""),
        ("signalbook.toml", ""),
    ]:
        write(path, text)
        steps.append(config.find("."))
    assert steps == [
        None,
        "../../../pyproject.toml",
        "../../../signalbook.toml",
        "../pyproject.toml",
        "../signalbook.toml",
        "signalbook.toml",
    ]


def test_outside_of_a_repository_only_the_folder_itself_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that somebody left above a folder in no repository does not steer a run there."""
    monkeypatch.chdir(tmp_path)
    write("signalbook.toml", "")
    write("below/a.json", "{}")
    assert config.find(".") == "signalbook.toml"
    monkeypatch.chdir("below")
    assert config.find(".") is None


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("[tool.signalbook]", True),
        ("[ tool . signalbook ]", True),
        ('[tool."signalbook"]', True),
        ("[tool]\nsignalbook.level = 'strict'", True),
        ("[tool]\nsignalbook = {}", True),
        ("tool = {signalbook = {}}", True),
        ("[[tool.signalbook.ignore]]\n", True),
        ("[tool.signalbook\n", True),
        ("[tool.signalbook-extra]", False),
        ("[tool]\nname = 'signalbook'", False),
        ('[project]\nname = "signalbook"', False),
        ("", False),
    ],
)
@pytest.mark.usefixtures("here")
def test_every_spelling_of_the_table_is_seen(text: str, ours: object) -> None:
    """The table is found however TOML lets one write it; a broken file is found too, so that it is told of."""
    write("pyproject.toml", text)
    assert (config.find(".") is not None) == ours


FAULTS = [
    ('levle = "strict"', "signalbook.toml:1: levle: unknown key", "did you mean 'level'?"),
    ('\nlevel = "strickt"', "signalbook.toml:2: level: is not a documented value", "did you mean 'strict'?"),
    ('paths = "a"', "signalbook.toml:1: paths: wrong type", "expected array"),
    ("paths = []", "signalbook.toml:1: paths: is empty", ""),
    ("jobs = 0", "signalbook.toml:1: jobs: is too small", "expected at least 1"),
    ("jobs = 10000000000000000000000", "signalbook.toml:1: jobs: wrong type", "expected integer"),
    ("jobs = inf", "signalbook.toml:1: jobs: wrong type", "expected integer"),
    ("[limits]\n# none\ndepht = 1", "signalbook.toml:3: limits.depht: unknown key", "did you mean 'depth'?"),
    ('at = "yesterday"', "signalbook.toml:1: at: has an invalid format", "a day, as 2024-05-31"),
    (
        'at = "2024-02-30"',
        "signalbook.toml:1: at: there is no such day: '2024-02-30'",
        "use a day that exists",
    ),
    ("at = 2024-05-31T08:00:00", "signalbook.toml:1: at: has an invalid format", "a time with its offset"),
    (
        '[pins]\n"a/b/c" = "1"',
        "signalbook.toml:2: pins.'a/b/c': has an invalid format",
        "MAJOR.MINOR.PATCH, or any",
    ),
    (
        '[[ignore]]\nuntil = 2026-01-01\nrule = "enum"',
        "signalbook.toml:1: ignore[0]: 'reason' is missing",
        "add reason",
    ),
    (
        '[[ignore]]\nreason = " "\nuntil = 2026-01-01\nrule = "enum"',
        "signalbook.toml:2: ignore[0].reason: has an invalid format",
        "says why",
    ),
    (
        '[[ignore]]\nreason = "a"\nrule = "enum"',
        "signalbook.toml:1: ignore[0]: 'until' is missing",
        "add until",
    ),
    (
        '[[ignore]]\nreason = "a"\nuntil = 2026-01-01',
        "signalbook.toml:1: ignore[0]: does not select any findings",
        "rule, event, path or pointer",
    ),
    (
        '[[ignore]]\nreason = "a"\nuntil = "2026-02-30"\nrule = "enum"',
        "signalbook.toml:3: ignore[0].until: has an invalid format",
        "a day",
    ),
    (
        '[[ignore]]\nreason = "a"\nuntil = 2026-01-01\nrule = "enumm"',
        "signalbook.toml:4: ignore[0].rule: unknown rule 'enumm'",
        "did you mean 'enum'",
    ),
    (
        '[[ignore]]\nreason = "a"\nuntil = 2026-01-01\npointer = "id"',
        "signalbook.toml:4: ignore[0].pointer: has an invalid format",
        "a JSON Pointer",
    ),
    (
        'ignore = [\n  {reason = "a", until = 2026-01-01},\n]',
        "signalbook.toml:1: ignore[0]: does not select",
        "rule, event",
    ),
]


@pytest.mark.parametrize(("text", "said", "fix"), FAULTS)
@pytest.mark.usefixtures("here")
def test_a_fault_says_where_it_is_and_what_to_do(text: str, said: str, fix: str) -> None:
    """Each fault names the file, the line, the key, what is wrong there and what to do."""
    with pytest.raises(BrokenConfig) as broken:
        config.load(write("signalbook.toml", text))
    (fault,) = broken.value.faults
    assert f"{fault.where}: {fault.message}".startswith(said)
    assert fix in fault.fix
    assert fault.fix


@pytest.mark.usefixtures("here")
def test_all_faults_are_told_at_once() -> None:
    """A file is mended in one go: every fault is told, in the order of its lines."""
    text = f"[limits]\ndepht = 1\n{FAULTS[-3][0]}\n{FAULTS[-2][0]}\n[pins]\n{FAULTS[11][0].partition(chr(10))[2]}"
    with pytest.raises(BrokenConfig, match=r"config file is invalid: 4 errors") as broken:
        config.load(write("signalbook.toml", text))
    assert [fault.file for fault in broken.value.faults] == [
        f"signalbook.toml:{line}" for line in (2, 6, 10, 12)
    ]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("none.toml", None, "none.toml: cannot be read: No such file"),
        ("signalbook.toml", b"a = 1\nb == 2\n", "signalbook.toml:2: is not valid TOML: Invalid value"),
        ("signalbook.toml", b'a = "', "signalbook.toml: is not valid TOML: "),
        ("signalbook.toml", b"a = 2024-02-30", "signalbook.toml:1: is not valid TOML: "),
        ("signalbook.toml", b"a = '\xff'", "signalbook.toml: is not valid TOML: "),
        ("pyproject.toml", b"[project]", "pyproject.toml: has no table [tool.signalbook]"),
        ("pyproject.toml", b"tool = 1", "pyproject.toml: has no table [tool.signalbook]"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_file_that_cannot_be_read_says_so(name: str, data: bytes | None, said: str) -> None:
    """No such file, no TOML, no table of ours: each is said with what to do."""
    if data is not None:
        Path(name).write_bytes(data)
    with pytest.raises(Unreadable) as unreadable:
        config.load(name)
    assert str(unreadable.value).startswith(said)
    assert unreadable.value.fix


@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_a_key_holds_is_answered(data: Any) -> None:
    """Every value under every key is either taken or refused with `BrokenConfig`: nothing else is ever raised."""
    for key in SCHEMA["properties"]:
        try:
            assert loader.configuration("nowhere.toml", (), {key: data}).file == "nowhere.toml"
        except BrokenConfig as broken:
            assert all(fault.fix and fault.message for fault in broken.faults)  # noqa: PT017 - either is right


@pytest.mark.usefixtures("here")
def test_events_and_versions_are_those_of_the_registry(registry: Registry) -> None:
    """An event, a service or a version that the registry has not is told with the nearest; what it has is taken."""
    text = """
[pins]
"alibaba/ecs/instance-state-chnge" = "any"
"alibaba/ecs/instance-state-change" = "9.0.0"
"huawei/cts/trace" = "1.0.0"
"alibaba/cloudmonitor" = "any"
"""
    for name in ("alibaba/esc", "huawei", "jdcloud/vm", "jdcloud/vm/state-change"):
        text += f'[[ignore]]\nreason = "a"\nuntil = 2026-01-01\nevent = "{name}"\n'
    event = "alibaba/ecs/instance-state-change"
    with pytest.raises(BrokenConfig) as broken:
        config.load(write("signalbook.toml", text)).check(registry)
    assert [str(fault) for fault in broken.value.faults] == [
        f"signalbook.toml:3: pins.'{event[:-4]}nge': {event[:-4]}nge is not in the registry\n    did you mean {event!r}?",
        f"signalbook.toml:4: pins.'{event}': {event}@9.0.0 is not in the registry\n    its versions are 1.0.0, 1.1.0, 1.2.0",
        "signalbook.toml:10: ignore[0].event: unknown event or service 'alibaba/esc'\n    did you mean 'alibaba/ecs'?",
    ]


def test_the_schema_is_one_that_editors_take() -> None:
    """`config.schema.json` accepts what we read and refuses what we refuse, also to the reference engine, which editors resemble; each key says what it is."""
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    checker = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)

    def accepts(text: str) -> bool:
        return bool(
            checker.is_valid(json.loads(json.dumps(tomllib.loads(text), default=lambda day: day.isoformat())))
        )

    assert accepts(FULL)
    unseen = [text for text, _, _ in FAULTS if accepts(text)]
    assert unseen == ['at = "2024-02-30"', '[[ignore]]\nreason = "a"\nuntil = 2026-01-01\nrule = "enumm"']
    described = [
        SCHEMA,
        *SCHEMA["properties"].values(),
        *SCHEMA["properties"]["ignore"]["items"]["properties"].values(),
    ]
    assert all(
        one["description"].endswith(".")
        for one in [*described, *SCHEMA["properties"]["limits"]["properties"].values()]
    )


def test_the_page_lists_every_key_and_its_examples_are_right(here: Path, registry: Registry) -> None:
    """Each key stands on the page with the text of the JSON Schema; the files it shows are configurations of this registry."""
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text("utf-8")
    parts = (SCHEMA, SCHEMA["properties"]["limits"], SCHEMA["properties"]["ignore"]["items"])
    rows = [
        f"| `{key}` | {about['description']} |" for part in parts for key, about in part["properties"].items()
    ]
    assert [row for row in rows if row not in page] == []
    shown = re.findall(r"^`(\S+[.]toml)`\n\n```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in shown] == ["signalbook.toml", "pyproject.toml"]
    for name, text in shown:
        found = config.load(write(str(here / name), text))
        found.check(registry)
        assert {"paths", "level", "pins"} <= set(found.options())
        assert found.ignore


KEYS = st.text(string.ascii_lowercase, min_size=1, max_size=3)


@given(
    entries=st.lists(
        st.dictionaries(KEYS, st.integers() | st.lists(st.integers(), max_size=2), max_size=3), max_size=3
    ),
    top=st.dictionaries(KEYS, st.text("ab [=]#'\n")),
)
def test_every_key_is_found_in_its_line(entries: list[dict[str, Any]], top: dict[str, Any]) -> None:
    """Of a TOML text in lines that we know, every key is in the line where we wrote it; also behind texts and lists of several lines."""
    written: list[str] = ["# a comment"]
    expected: dict[tuple[str | int, ...], int] = {}
    for key, text in top.items():
        expected[f"t{key}",] = len(written) + 1
        written += [f't{key} = """', *text.split("\n"), '"""', ""]
    for place, entry in enumerate(entries):
        expected["ignore", place] = len(written) + 1
        written.append("[[ignore]]")
        for key, value in entry.items():
            expected["ignore", place, key] = len(written) + 1
            written += (
                [f"'{key}' = [ # list", *(f"  {one}," for one in value), "]"]
                if isinstance(value, list)
                else [f"{key} = {value}"]
            )
    found = toml_lines.places("\n".join(written))
    assert {keys: found.get(keys) for keys in expected} == expected


def finding(
    pointer: str = "/id", rule: str = "enum", field: str | None = None, severity: Any = "error"
) -> Finding:
    """Return a finding."""
    return Finding(rule, severity, pointer, "is wrong", field, contract="jdcloud/vm/state-change@1.0.0")


def ignores(*entries: Ignore, today: str = "2026-06-15", file: str = "signalbook.toml") -> Ignores:
    """Return ignores on a day."""
    return Config(file, ignore=entries).ignores(today)


def one(until: str = "2026-12-31", **which: str) -> Ignore:
    """Return an ignore."""
    return Ignore("old recorder", until, **which)


def verdict(*found: Finding, source: str = "payloads/a.json", **more: Any) -> Verdict:
    """Return an invalid verdict with findings."""
    return Verdict("invalid", "jdcloud/vm/state-change", findings=found, source=source, **more)


@pytest.mark.parametrize(
    ("which", "meets"),
    [
        ({"rule": "enum"}, True),
        ({"rule": "type"}, False),
        ({"event": "jdcloud/vm/state-change"}, True),
        ({"event": "jdcloud/vm"}, True),
        ({"event": "jdcloud"}, True),
        ({"event": "jdcloud/v"}, False),
        ({"path": "payloads"}, True),
        ({"path": "*.json"}, True),
        ({"path": "*.ndjson"}, False),
        ({"pointer": "/id"}, True),
        ({"pointer": "/*"}, True),
        ({"pointer": "/**"}, True),
        ({"pointer": "/id/*"}, False),
        ({"rule": "enum", "event": "jdcloud", "path": "payloads/**", "pointer": "/id"}, True),
        ({"rule": "enum", "event": "jdcloud", "path": "payloads/**", "pointer": "/name"}, False),
    ],
)
def test_an_ignore_meets_what_it_names(which: dict[str, str], meets: object) -> None:
    """All that an ignore names must hold; what it meets moves to `ignored`, with the reason, and the payload is as good as the rest of it."""
    after = ignores(one(**which)).apply(verdict(finding()))
    assert (after.status, len(after.findings), [found.ignored for found in after.ignored]) == (
        ("valid", 0, ["old recorder"]) if meets else ("invalid", 1, [])
    )


@pytest.mark.parametrize(
    ("pattern", "meets"),
    [
        ("/items/*/id", True),
        ("/items/0/id", True),
        ("/items/**", True),
        ("/items/*", False),
        ("/items/*/id/**", True),
        ("/**", True),
        ("/*/id", False),
    ],
)
def test_a_pointer_may_leave_steps_open(pattern: str, meets: object) -> None:
    """`*` is one step, and `/**` at the end all that is below, the place itself too; a missing field is met by its own place and by its object's."""
    assert leads_to(pattern, finding("/items/0/id")) == meets
    assert leads_to(pattern, finding("/items/0", "required", "id")) or not meets
    assert leads_to("/items/0", finding("/items/0", "required", "id"))


def test_an_ignore_ends() -> None:
    """On its last day an ignore counts, on the next not: the finding is an error again, and the run says so; two weeks before, it says that the end is near."""
    entry = one("2026-06-15", rule="enum")
    last, after, before = (ignores(entry, today=day) for day in ("2026-06-15", "2026-06-16", "2026-05-31"))
    assert [each.apply(verdict(finding())).status for each in (last, after, before)] == [
        "valid",
        "invalid",
        "valid",
    ]
    said = [[str(note) for note in each.notes(complete=True)] for each in (last, after, before)]
    assert said == [
        [
            "note: signalbook.toml: this ignore ends on 2026-06-15; after that, 1 finding counts again (old recorder)"
        ],
        [
            "warning: signalbook.toml: this ignore ended on 2026-06-15, so the 1 finding that it matched counts again: fix it, or extend the ignore (old recorder)"
        ],
        [],
    ]


def test_an_ignore_that_meets_nothing_is_told_after_a_complete_run() -> None:
    """What is no longer needed is said where all was looked at, with its line; after a run on some files only, nothing can be said."""
    unused = ignores(one(rule="enum"), one(rule="type"))
    unused.apply(verdict(finding()))
    assert [str(note) for note in unused.notes(complete=False)] == []
    assert [str(note) for note in unused.notes(complete=True)] == [
        "warning: signalbook.toml: this ignore matched nothing: remove it (old recorder)"
    ]


@pytest.mark.usefixtures("here")
def test_a_note_has_its_line() -> None:
    """What is said of an ignore names its line."""
    file = write(
        "pyproject.toml",
        '[tool.signalbook]\n\n[[tool.signalbook.ignore]]\nreason = "a"\nuntil = 2020-01-01\nrule = "enum"\n',
    )
    (note,) = config.load(file).ignores("2026-01-01").notes(complete=False)
    assert note.where == "pyproject.toml:3"


@given(cut=st.integers(0, 6), order=st.permutations(range(3)))
def test_counts_of_several_processes_add_up(cut: int, order: list[int]) -> None:
    """However verdicts are shared among processes and in whatever order they report, the counts are those of one process."""
    verdicts = [
        verdict(finding(f"/{name}"), source=f"{place}.json")
        for place, name in enumerate(["id", "id", "name", "id", "kind", "name"])
    ]
    entries = (one(pointer="/id"), one(pointer="/name", path="2.json"), one(pointer="/nowhere"))
    alone, parent = ignores(*entries), ignores(*entries)
    shares = [verdicts[:cut], verdicts[cut:], []]
    expected = [alone.apply(each).status for each in verdicts]
    workers: list[Ignores] = [pickle.loads(pickle.dumps(parent)) for _ in shares]  # noqa: S301
    assert [
        worker.apply(each).status for worker, share in zip(workers, shares, strict=True) for each in share
    ] == expected
    for place in order:
        parent.merge(workers[place].used)
    assert parent.used == alone.used == [3, 1, 0]


def test_what_is_left_says_what_the_payload_is() -> None:
    """Without its errors a payload is valid, unidentified and unreadable ones too; with one error left it is what that makes of it; warnings are nothing."""
    cases: list[tuple[Any, list[Finding], list[Finding], str]] = [
        ("invalid", [finding(rule="type")], [finding()], "invalid"),
        ("invalid", [finding(severity="warning")], [finding()], "valid"),
        ("invalid", [finding(rule="unknown-event")], [finding()], "unidentified"),
        ("unidentified", [], [finding(rule="unknown-event")], "valid"),
        ("unreadable", [], [finding(rule="not-json")], "valid"),
        ("unreadable", [finding(rule="not-utf8")], [finding(rule="not-json")], "unreadable"),
    ]
    for status, left, gone, expected in cases:
        after = settled(Verdict(status, findings=(*left, *gone)), left, gone)
        assert (after.status, after.findings, after.ignored) == (expected, tuple(left), tuple(gone))


def test_each_part_is_what_its_own_findings_make_of_it() -> None:
    """Of a payload with several events, an event whose errors are ignored is valid and its sibling is not; a fault around all of them is one of each."""
    parts = tuple(
        Part(f"/items/{place}/body", event, None, None, (), "invalid")
        for place, event in enumerate(["a/b/c", "a/b/d"])
    )
    found = [
        finding("/items/0/body/id"),
        finding("/items/1/body/id"),
        finding("/items/1", "required", "body"),
    ]
    whole = Verdict("invalid", findings=tuple(found), parts=parts)

    def statuses(*entries: Ignore) -> list[str]:
        after = ignores(*entries).apply(whole)
        return [after.status, *(part.status for part in after.parts)]

    assert statuses(one(pointer="/items/0/**")) == ["invalid", "valid", "invalid"]
    assert statuses(one(event="a/b/d")) == ["invalid", "invalid", "valid"]
    assert statuses(one(event="a/b")) == ["valid", "valid", "valid"]
    assert statuses(one(event="a/b/d", rule="enum")) == ["invalid", "invalid", "invalid"]
    around = Verdict("invalid", findings=(*found, finding("/time")), parts=parts)
    assert [part.status for part in ignores(one(pointer="/items/**")).apply(around).parts] == [
        "invalid",
        "invalid",
    ]


@pytest.mark.usefixtures("here")
def test_the_path_of_an_ignore_is_relative_to_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """From whatever folder the command is run and however the file is named, the same payloads are met."""
    write("deep/signalbook.toml", "")
    for folder, file, sources in [
        (
            ".",
            "deep/signalbook.toml",
            {"deep/in/a.json": True, "./deep/in/a.json": True, "in/a.json": False, "-": False},
        ),
        (
            "deep",
            "signalbook.toml",
            {"in/a.json": True, "../in/a.json": False, str(Path("deep/in/a.json").absolute()): True},
        ),
    ]:
        monkeypatch.chdir(folder)
        for source, met in sources.items():
            assert (
                ignores(one(path="in/*.json"), file=file).apply(verdict(finding(), source=source)).status
                == "valid"
            ) == met, source


@pytest.mark.parametrize(
    ("glob", "taken"),
    [
        ("a.json", True),
        ("*.json", True),
        ("/deep/in/a.json", True),
        ("deep", True),
        ("in", True),
        ("in/", True),
        ("deep/in", True),
        ("deep/*", True),
        ("deep/**", True),
        ("**/in/*.json", True),
        ("deep/**/a.json", True),
        ("deep/?n/[ab].json", True),
        ("a.json/", False),
        ("deep/*.json", False),
        ("in/a.json", False),
        ("[!a].json", False),
        ("dee", False),
        ("**/*.ndjson", False),
    ],
)
def test_globs_are_those_of_what_is_excluded(glob: str, taken: object) -> None:
    """A glob takes files and folders as `exclude` does: with all that is below them, and at every depth where it has no slash."""
    assert (
        ignores(one(path=glob)).apply(verdict(finding(), source="deep/in/a.json")).status == "valid"
    ) == taken


def test_a_run_without_a_configuration_loads_nothing_for_it(here: Path) -> None:
    """Looking for a file costs no parser: neither TOML nor the rest of the package is loaded where there is none."""
    code = "import sys; from signalbook import config; assert config.find('.') is None; print(sorted(name for name in sys.modules if 'toml' in name or 'signalbook.config.' in name))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=here)
    assert done.stdout.decode().strip() == "['signalbook.config.settings']"
