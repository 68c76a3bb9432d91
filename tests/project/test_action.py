"""The action for GitHub: it is one by GitHub's own schema, nothing given to it becomes a command, and its steps do what they promise."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest
from test_hooks import INDEX

from acting import ACTION, EXPRESSION, Done, act
from conftest import GOOD, ROOT
from manual import DOCS

if TYPE_CHECKING:
    from pathlib import Path

DEMO = ROOT / "demo"
SCHEMAS = ROOT / "tests" / "data" / "ci"


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a runner that has run the action's steps once, in an empty repository: signalbook is installed there, which needs a package index."""
    if os.environ.get(INDEX) == "none":
        pytest.skip(f"{INDEX}=none: the action cannot install signalbook without a package index")
    temp = tmp_path_factory.mktemp("runner")
    done = act(tmp_path_factory.mktemp("empty"), temp, {"paths": "nothing-here/"}, python=sys.executable)
    if done.outputs["exit-code"] == "":
        pytest.fail(
            f"the action could not install signalbook. It needs a package index that pip reaches; without one: {INDEX}=none\n{done.log}"
        )
    assert done.code == 1, done.log
    return temp


class Project:
    """A repository that uses the action, on the runner that has signalbook installed."""

    def __init__(self, folder: Path, runner: Path) -> None:
        self.folder, self.runner, self.temp = folder, runner, folder / ".runner"

    def put(self, name: str) -> None:
        """Put a payload of the demo into the folder `fixtures`."""
        (self.folder / "fixtures").mkdir(exist_ok=True)
        shutil.copy(DEMO / name, self.folder / "fixtures")

    def act(self, **given: str) -> Done:
        """Run the action; installing again is left out, for the tests' sake."""
        self.temp.mkdir(exist_ok=True)
        (self.temp / "signalbook").mkdir(exist_ok=True)
        bin_folder = self.temp / "signalbook" / "bin"
        bin_folder.mkdir(exist_ok=True)
        for name, text in {
            "pip": "exit 0",
            "signalbook": f'exec {self.runner}/signalbook/bin/signalbook "$@"',
        }.items():
            (bin_folder / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
            (bin_folder / name).chmod(0o755)
        return act(self.folder, self.temp, given, python="true")


@pytest.fixture
def project(tmp_path: Path, runner: Path) -> Project:
    """An empty repository that uses the action."""
    return Project(tmp_path, runner)


def test_the_action_is_one_by_githubs_own_schema() -> None:
    """`action.yml` is valid by the schema that SchemaStore keeps for such files."""
    schema = json.loads((SCHEMAS / "github-action.schema.json").read_bytes())
    jsonschema.Draft7Validator(schema).validate(ACTION)


def test_nothing_given_becomes_part_of_a_script() -> None:
    """No script holds an expression, whose value would be read as commands: all that is given comes in variables."""
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == 2
    assert [script for script in scripts if EXPRESSION.search(script) or "${{" in script] == []


def test_every_input_is_used() -> None:
    """What the action says it takes, a step reads; nothing is required, and each input has a default."""
    read = {
        name
        for step in ACTION["runs"]["steps"]
        for value in {**step.get("env", {}), **step.get("with", {})}.values()
        for name in _names(value)
    }
    assert {f"inputs.{name}" for name in ACTION["inputs"]} == {
        name for name in read if name.startswith("inputs.")
    }
    assert all(isinstance(one["default"], str) for one in ACTION["inputs"].values())


def test_the_page_lists_every_input_and_output() -> None:
    """The page on CI says of each input what `action.yml` says, and names each output."""
    page = (DOCS / "how-to" / "validate-in-ci.md").read_text("utf-8")
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (.+) \|$",
        page.partition("| input | means |")[2].partition("\n\n")[0],
        re.MULTILINE,
    )
    assert rows == [(name, one["description"]) for name, one in ACTION["inputs"].items()]
    (named,) = re.findall(r"^.*The outputs are (.*)$", page, re.MULTILINE)
    assert re.findall(r"`([a-z-]+)`", named) == list(ACTION["outputs"])


def _names(value: object) -> list[str]:
    return EXPRESSION.findall(str(value))


def test_the_scripts_are_sound_bash() -> None:
    """Bash reads each script to its end without a complaint."""
    for step in ACTION["runs"]["steps"]:
        done = subprocess.run(
            ["/bin/bash", "-n"], input=step.get("run", ""), capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_good_payloads_pass(project: Project) -> None:
    """With good payloads the step ends with 0, annotates nothing but what is worth a note, and shows the counts on the page of the run."""
    project.put("jdcloud-state-change.json")
    project.put("mixed.ndjson")
    done = project.act(paths="fixtures/", sarif="reports.sarif")
    assert (done.code, done.outputs["exit-code"]) == (0, "0"), done.log
    assert "::error" not in done.log
    assert done.summary.startswith("### signalbook: 5 payloads: 5 valid")
    assert done.outputs["sarif"] == "reports.sarif"


def test_a_broken_payload_fails_and_every_report_says_so(project: Project) -> None:
    """With a broken payload the step ends with 1: an annotation stands at its file, and SARIF, JUnit and the page of the run hold the finding."""
    project.put("jdcloud-state-change.json")
    project.put("broken/jdcloud-wrong-time.json")
    done = project.act(paths="fixtures/", level="documented", sarif="out.sarif", junit="out.xml")
    assert (done.code, done.outputs) == (1, {"exit-code": "1", "sarif": "out.sarif", "junit": "out.xml"}), (
        done.log
    )
    (annotation,) = (line for line in done.log.splitlines() if line.startswith("::error "))
    assert "file=fixtures/jdcloud-wrong-time.json,line=" in annotation
    (found,) = json.loads((project.folder / "out.sarif").read_bytes())["runs"]
    (result,) = (one for one in found["results"] if one["level"] == "error")
    assert (
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        == "fixtures/jdcloud-wrong-time.json"
    )
    assert "<failure" in (project.folder / "out.xml").read_text("utf-8")
    assert "/detail/eventTime" in done.summary
    assert all(line == "" or line.startswith(("    ", "### ")) for line in done.summary.splitlines())


def test_inputs_arrive_word_by_word(project: Project) -> None:
    """A line of `paths` or `args` is one word, whatever is in it: blanks, stars, quotes, dollars and a leading dash."""
    for name in (
        "two words.json",
        "$(touch made).json",
        "`touch made`.json",
        "';touch made;'.json",
        "-dash.json",
    ):
        shutil.copy(DEMO / "jdcloud-state-change.json", project.folder / name)
    names = ["two words.json", "$(touch made).json", "`touch made`.json", "';touch made;'.json", "-dash.json"]
    done = project.act(
        paths="\n".join(names), args="--event\njdcloud/vm/state-change\n--version=1.0.0\n", level="strict"
    )
    assert done.code == 0, done.log
    assert done.summary.startswith("### signalbook: 5 payloads: 5 valid")
    assert not (project.folder / "made").exists()
    done = project.act(paths="two words.json", level="strict; touch made", summary="false")
    assert (done.code, done.summary.count("###")) == (2, 1)
    assert not (project.folder / "made").exists()


def test_a_name_of_a_report_makes_no_output_of_its_own(project: Project) -> None:
    """A line break in the name of a report sets no further output."""
    project.put("jdcloud-state-change.json")
    done = project.act(paths="fixtures/", sarif="a\nexit-code=7")
    assert done.outputs["exit-code"] == "0", done.log
    assert done.outputs["sarif"] == ""


def test_a_wrong_use_is_no_finding(project: Project) -> None:
    """Where the command itself is wrong the step ends with 2, and nothing is there to be uploaded."""
    done = project.act(paths="fixtures/", args="--no-such-option", sarif="out.sarif")
    assert (done.code, done.outputs) == (2, {"exit-code": "2", "sarif": "", "junit": ""})


def test_a_registry_of_ones_own_is_used(project: Project) -> None:
    """`schemas` names a tree of schemas, whose payloads then are known."""
    shutil.copytree(GOOD, project.folder / "my-schemas")
    (project.folder / "fixtures").mkdir()
    for file in GOOD.rglob("delivered/*.json"):
        shutil.copy(file, project.folder / "fixtures" / f"{file.parent.parent.parent.name}-{file.name}")
    assert project.act(paths="fixtures/").code == 1
    assert project.act(paths="fixtures/", schemas="my-schemas").code == 0


def test_the_configuration_file_says_what_is_not_given(project: Project) -> None:
    """Without inputs, paths and level come from the configuration file of the repository, or from the one that is named."""
    project.put("jdcloud-state-change.json")
    text = 'paths = ["fixtures"]\nlevel = "strict"\n'
    (project.folder / "signalbook.toml").write_text(text, "utf-8")
    assert project.act().code == 0
    project.put("broken/jdcloud-wrong-time.json")
    assert project.act().code == 1
    (project.folder / "ci").mkdir()
    (project.folder / "ci" / "signalbook.toml").write_text(text.replace("fixtures", "../fixtures"), "utf-8")
    (project.folder / "signalbook.toml").unlink()
    assert project.act(config="ci/signalbook.toml").code == 1


def test_a_long_page_is_cut_and_keeps_its_counts(project: Project) -> None:
    """The page of a run stays under a megabyte, whatever was found, and the counts at its end are whole."""
    broken = json.loads((DEMO / "broken" / "jdcloud-wrong-time.json").read_bytes())
    (project.folder / "fixtures").mkdir()
    (project.folder / "fixtures" / "a.ndjson").write_text(f"{json.dumps(broken)}\n" * 400, "utf-8")
    done = project.act(paths="fixtures/")
    assert done.code == 1
    assert len(done.summary.encode()) < 1_000_000
    assert "    …\n" in done.summary
    assert done.summary.rstrip().splitlines()[-1].startswith("    400 payloads: 400 invalid; 400 errors")
