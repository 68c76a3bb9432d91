"""`signalbook diff` as a user runs it: two versions or two files, three forms, exit codes, and clear words for what cannot be compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conftest import GOOD, Run
from signalbook.engine.schema_validator import Checker
from signalbook.registry.tree_reader import meta_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., Run]

STATE = "alibaba/ecs/instance-state-change"
NARROW: dict[str, Any] = {
    "type": "object",
    "properties": {"state": {"enum": ["on", "off"]}},
    "required": ["state"],
}
WIDE: dict[str, Any] = {
    "type": "object",
    "properties": {"state": {"enum": ["on", "off", "lost"]}},
    "required": ["state"],
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with schemas to compare, and with files that cannot be."""
    texts = {
        "narrow": json.dumps(NARROW),
        "wide": json.dumps(WIDE),
        "cut": "{",
        "wrong": '{"type": "strin"}',
        "elsewhere": '{"$ref": "https://example.org/other.json"}',
        "dialect": '{"$schema": "https://example.org/dialect"}',
        "time": '{"format": "time", "type": "string"}',
        "pattern": '{"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "type": "string"}',
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.json").write_text(text, "utf-8")
    return tmp_path


def test_the_json_is_as_described(signalbook: Command) -> None:
    """The JSON form has the promised keys, and is what its schema says."""
    run = signalbook("diff", STATE, "1.0.0", "1.1.0", "--format", "json")
    found = json.loads(run.out)
    assert (run.code, run.err, Checker(meta_schema("diff")).problems(found)) == (0, "", [])
    assert (found["backward"], found["forward"], found["bump"]) == ("proved", "broken", "minor")
    assert found["witness"]["forward"]["state"] == "Created"
    assert found["witness"]["backward"] is None
    assert {
        "path": "/state",
        "class": "vocabulary",
        "message": 'value added to the list: "Created"',
    } in found["changes"]


@pytest.mark.parametrize(
    ("words", "sides"),
    [
        ([STATE], ("1.1.0", "1.2.0")),
        ([STATE, "1.0.0"], ("1.0.0", "1.2.0")),
        (["Instance:StateChange", "1.2.0", "1.0.0"], ("1.2.0", "1.0.0")),
        (["alibaba/cloudmonitor"], ("1.0.0", "2.0.0")),
    ],
)
def test_which_versions_are_compared(signalbook: Command, words: list[str], sides: tuple[str, str]) -> None:
    """Without versions the two newest are compared, with one that and the newest; events go by any name, envelopes too."""
    found = json.loads(signalbook("diff", *words, "--format", "json").out)
    assert (found["old"].partition("@")[2], found["new"].partition("@")[2]) == sides


def test_a_registry_of_ones_own(signalbook: Command) -> None:
    """`--schemas` compares versions of another tree; a field under another name is a major change by rule."""
    found = json.loads(signalbook("diff", "acme/disk/disk-full", "--schemas", GOOD, "--format", "json").out)
    assert found["bump"] == "major"
    assert {"renamed", "removed"} & {change["class"] for change in found["changes"]}


@pytest.mark.parametrize(
    ("sides", "asked", "code"),
    [
        (("narrow.json", "wide.json"), "backward", 0),
        (("narrow.json", "wide.json"), "forward", 1),
        (("narrow.json", "wide.json"), "full", 1),
        (("narrow.json", "wide.json"), "survives", 0),
        (("narrow.json", "narrow.json"), "full", 0),
        (("wide.json", "narrow.json"), "backward", 1),
        (("time.json", "pattern.json"), "backward", 1),
    ],
)
def test_what_is_required_decides_the_exit_code(
    signalbook: Command, files: Path, sides: tuple[str, str], asked: str, code: int
) -> None:
    """Only what is proved passes: broken fails, and so does undecided."""
    assert signalbook("diff", *sides, "--require", asked, "--seconds", "2", cwd=files).code == code


def test_text_and_markdown(signalbook: Command, files: Path) -> None:
    """Text and Markdown tell the verdicts, the witness, the changes, what they mean and the bound."""
    text = signalbook("diff", "narrow.json", "wide.json", "--seconds", "2", cwd=files).out
    markdown = signalbook("diff", "narrow.json", "wide.json", "--format", "markdown", cwd=files).out
    for told in (text, markdown):
        assert '{"state":"lost"}' in told
        assert "at /state" in told
        assert 'value added to the list: "lost"' in told
        assert "needs a way for those it does not know" in told
    assert text.startswith("narrow.json → wide.json: minor change\n")
    assert "at most 400 drawn values, and 2 s in total" in text
    assert "| `/state` | vocabulary |" in markdown


def test_a_side_from_standard_input(signalbook: Command, files: Path) -> None:
    """One side may come through a pipe."""
    run = signalbook(
        "diff", "-", "wide.json", "--format", "json", stdin=json.dumps(NARROW).encode(), cwd=files
    )
    assert (json.loads(run.out)["old"], json.loads(run.out)["backward"]) == ("standard input", "proved")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["narrow.json", "none.json"], "none.json: No such file or directory"),
        (["narrow.json", "cut.json"], "cut.json: is not JSON"),
        (["narrow.json", "wrong.json"], "wrong.json: at /type"),
        (["narrow.json", "elsewhere.json"], "elsewhere.json: "),
        (["narrow.json", "dialect.json"], "dialect.json: $schema is 'https://example.org/dialect'"),
        (["-", "-"], "only one side can be standard input"),
        (["narrow.json", "wide.json", "narrow.json", "x"], "too many arguments"),
        (["narrow.json", "wide.json", "--seconds", "many"], "is not a valid number of seconds"),
        ([STATE, "1.0.0", "9.9.9"], f"{STATE}@9.9.9"),
        (["Instance:StateChanged"], "did you mean 'Instance:StateChange'"),
        (["jdcloud/vm/state-change"], "has 1 version, so there is nothing to compare"),
    ],
)
def test_what_cannot_be_compared(signalbook: Command, files: Path, words: list[str], message: str) -> None:
    """What cannot be compared is said in a line that names the side, and is a fault of usage."""
    run = signalbook("diff", *words, cwd=files)
    assert (run.code, run.out) == (2, "")
    assert message in run.err
    assert "Traceback" not in run.err


def test_the_changelog_in_show(signalbook: Command) -> None:
    """`show` tells below each version what it changed, what that means, and what breaks."""
    text = signalbook("show", "alibaba/ecs/cloud-assistant-task-completed").out
    versions = text.partition("\nVersions\n")[2].partition("\nSources\n")[0]
    for part in (
        "major change since 1.0.0",
        "/ownerId  field added",
        "[retyped]",
        "witness against 'survives'",
        "seen in ",
    ):
        assert part in versions
    changelog = json.loads(
        signalbook("show", "alibaba/ecs/cloud-assistant-task-completed", "--format", "json").out
    )["changelog"]
    entry = next(entry for entry in changelog if entry["version"] == "2.0.0")
    assert (entry["version"], entry["previous"], entry["bump"], entry["survives"]) == (
        "2.0.0",
        "1.0.0",
        "major",
        "broken",
    )
    assert entry["witness"]["survives"]
    assert entry["source"]["title"]
