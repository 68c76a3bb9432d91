"""The pytest plugin, as a project has it that installed signalbook: each test runs pytest in a project of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT
from signalbook.engine.schema_validator import compiled
from signalbook.registry import Registry, examples

if TYPE_CHECKING:
    from pathlib import Path

META = ROOT / "src" / "signalbook" / "meta"
_FEW = 10  # calls: the first try, the stored payload, and that one again without being watched; all cases are hundreds
STATE_CHANGE = "alibaba/ecs/instance-state-change"
CARELESS = """
    import signalbook

    NAMES = {"Running": "up", "Stopped": "down"}

    @signalbook.contract("alibaba/ecs/instance-state-change", envelopes="cloudmonitor", raises=(TypeError, KeyError, AttributeError))
    def test_handler(payload):
        content = payload["content"]
        if payload.get("product") == "ECS" and content["state"] == "Stopped":
            content["instanceName"].upper()
"""


@dataclass
class Project:
    """A project of somebody who has signalbook and pytest."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")
        return path

    def pytest(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run pytest in the project."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
        return subprocess.run(
            command, cwd=self.folder, env=clean, capture_output=True, text=True, check=False, timeout=120
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project, with settings of its own so that those of this repository do not count."""
    made = Project(tmp_path)
    made.write("pytest.ini", "[pytest]\n")
    return made


def test_it_is_idle_where_it_is_not_used(project: Project) -> None:
    """In a project that uses nothing of it, what makes payloads and tests handlers is not even loaded, and nothing is said."""
    names = [
        "signalbook.testing.sampler",
        "signalbook.strategies",
        "signalbook.testing.contracts",
        "signalbook_models",
        "pydantic",
    ]
    project.write(
        "test_a.py", f"import sys\n\ndef test_a():\n    assert not set(sys.modules) & set({names!r})\n"
    )
    done = project.pytest("-q")
    assert done.returncode == 0, done.stdout
    assert "signalbook" not in done.stdout


def test_payload_files_are_tests(project: Project) -> None:
    """Each payload of a file is a test, named by its file and its event; a failure says what the command would say."""
    demo = ROOT / "demo"
    for name in (
        "jdcloud-state-change.json",
        "mixed.ndjson",
        "huawei-config-chunk.json.gz",
        "broken/alibaba-misspelt-state.json",
    ):
        target = project.folder / "fixtures" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((demo / name).read_bytes())
    project.write("fixtures/notes.txt", "no payload")
    done = project.pytest("-v", "--signalbook", "fixtures")
    assert done.returncode == 1, done.stdout
    assert "fixtures/jdcloud-state-change.json::jdcloud/vm/state-change PASSED" in done.stdout
    assert re.search(r"fixtures/mixed.ndjson::line 2: \S+ PASSED", done.stdout)
    assert re.search(
        r"fixtures/broken/alibaba-misspelt-state.json::alibaba/ecs/instance-state-change FAILED", done.stdout
    )
    assert "hint      did you mean 'Stopping'?" in done.stdout
    assert "Traceback" not in done.stdout
    assert "notes.txt" not in done.stdout


def test_a_payload_file_is_run_by_its_node_id(project: Project) -> None:
    """The node id of a payload selects it again."""
    target = project.folder / "mixed.ndjson"
    target.write_bytes((ROOT / "demo" / "mixed.ndjson").read_bytes())
    named = re.findall(
        r"mixed.ndjson::(line 2: \S+)", project.pytest("-v", "--signalbook", "mixed.ndjson").stdout
    )[0]
    done = project.pytest("-v", "--signalbook", "mixed.ndjson", f"mixed.ndjson::{named}", "-k", "line and 2")
    assert done.returncode == 0, done.stdout
    assert named in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--signalbook", "nowhere"), "there is no nowhere"),
        (("--signalbook-report", "yaml"), "'yaml' is none of text"),
        (("--signalbook-schemas", "nowhere", "--signalbook", "a.json"), "no such folder"),
        (("--signalbook-replay", "nonsense"), "copy the whole line"),
    ],
)
def test_a_wrong_use_is_told(project: Project, words: tuple[str, ...], says: str) -> None:
    """An option that cannot be kept ends the run, and says why."""
    project.write("a.json", "{}")
    project.write("test_a.py", CARELESS)
    done = project.pytest(*words)
    assert done.returncode != 0
    assert says in done.stdout + done.stderr


def test_the_fixtures(project: Project) -> None:
    """`sample` makes payloads, `assert_contract` holds payloads against contracts, `signalbook_registry` is the registry."""
    project.write(
        "test_a.py",
        """
        import pytest

        def test_good(sample, assert_contract, signalbook_registry):
            made = sample("huawei/config/resource-changed", envelope="smn-http", seed=3)
            assert made.data == sample("huawei/config/resource-changed", envelope="smn-http", seed=3).data
            verdict = assert_contract(made.data, event="huawei/config/resource-changed")
            assert verdict.event in signalbook_registry.events

        def test_other(sample, assert_contract):
            assert_contract(sample("jdcloud/vm/state-change").value, event="alibaba/ecs/instance-state-change")

        def test_level(sample, assert_contract):
            made = sample("jdcloud/vm/state-change", kind="tomorrow", seed=5)
            assert_contract(made.value, level="tolerant")
            assert_contract(made.value, level="strict")
        """,
    )
    done = project.pytest("-q")
    assert "2 failed, 1 passed" in done.stdout
    assert "expected alibaba/ecs/instance-state-change, got jdcloud/vm/state-change" in done.stdout


def test_a_failure_says_all_there_is_to_know(project: Project) -> None:
    """The payload, its event, its kind, why it was made, and a line that does it again."""
    project.write("test_a.py", CARELESS)
    done = project.pytest("-q")
    assert done.returncode == 1
    for said in (
        "KeyError: 'instanceName'",
        f"event      {STATE_CHANGE}@",
        "envelopes  alibaba/cloudmonitor",
        "kind       documented",
        "why        ",
        "payload    {",
    ):
        assert said in done.stdout, done.stdout
    # What is shown is the handler, and none of the kit's own frames.
    assert "src/signalbook/testing" not in done.stdout
    line = re.search(r"replay     (pytest .*)", done.stdout)
    assert line
    again = project.pytest("-q", *line[1].split()[1:])
    assert again.returncode == 1
    assert "KeyError: 'instanceName'" in again.stdout


def test_a_failure_is_kept_and_replayed_first(project: Project) -> None:
    """`--signalbook-save` writes a small document, which is replayed before anything else, also when the code was mended in the meantime."""
    project.write("test_a.py", CARELESS)
    first = project.pytest("-q", "--signalbook-save", "kept")
    kept = list((project.folder / "kept").iterdir())
    assert len(kept) == 1
    assert f"saved      kept/{kept[0].name}" in first.stdout
    document = json.loads(kept[0].read_text("utf-8"))
    assert compiled(json.loads((META / "payload.schema.json").read_text("utf-8"))).is_valid(document)
    assert document["error"] == "KeyError: 'instanceName'"
    project.write("test_a.py", CARELESS.replace("content[", "print('called') or content["))
    assert project.pytest("-q", "--signalbook-save", "kept").stdout.count("called\n") < _FEW
    project.write(
        "test_a.py",
        CARELESS.replace('content["instanceName"].upper()', 'content.get("instanceName", "").upper()'),
    )
    assert project.pytest("-q", "--signalbook-save", "kept").returncode == 0
    # The document is a test of its own too: what it holds still is what it was made to be.
    assert project.pytest("-q", "--signalbook", "kept", "kept").returncode == 0
    replayed = project.pytest("-q", "test_a.py", "--signalbook-replay", str(kept[0]))
    assert replayed.returncode == 0, replayed.stdout


def test_the_report(project: Project, registry: Registry) -> None:
    """The report tells versions, envelopes, fields and listed values met, what was read, and which faults were let through; its JSON has a schema."""
    project.write("test_a.py", CARELESS.replace('content["instanceName"].upper()', "pass"))
    done = project.pytest("-q", "--signalbook-report", "text", "--signalbook-report", "json:out/report.json")
    assert done.returncode == 0, done.stdout
    found = json.loads((project.folder / "out" / "report.json").read_text("utf-8"))
    assert compiled(json.loads((META / "encounters.schema.json").read_text("utf-8"))).is_valid(found)
    (handler,) = found["handlers"]
    assert handler["test"] == "test_a.py::test_handler"
    assert handler["versions"].keys() == {registry.events[STATE_CHANGE].newest.version}
    assert handler["envelopes"].keys() == {"cloudmonitor"}
    assert all(handler["fields"].values())
    assert all(count for values in handler["values"].values() for count in values.values())
    assert {field for field, count in handler["read"].items() if count} == {"/state"}
    assert "/product" in handler["readElsewhere"]
    assert handler["broken"]["form"]["letThrough"] > 0
    assert handler["broken"]["missing"]["raised"] > 0
    for said in ("it read    /state", "let through without a word, though broken: ", "fields met 7 of 7"):
        assert said in done.stdout


def test_workers_of_xdist_report_too(project: Project) -> None:
    """What handlers met in other processes stands in the same report."""
    project.write("test_a.py", CARELESS.replace('content["instanceName"].upper()', "pass"))
    project.write("test_b.py", CARELESS.replace('content["instanceName"].upper()', "pass"))
    done = project.pytest("-q", "-n", "2", "--signalbook-report", "json:report.json")
    assert done.returncode == 0, done.stdout
    found = json.loads((project.folder / "report.json").read_text("utf-8"))
    assert [one["test"] for one in found["handlers"]] == [
        "test_a.py::test_handler",
        "test_b.py::test_handler",
    ]


def test_options_of_hypothesis_apply(project: Project) -> None:
    """Settings, statistics and seeds of Hypothesis are those of any of its tests."""
    project.write(
        "test_a.py",
        CARELESS.replace('content["instanceName"].upper()', "pass")
        .replace("    @signal", "    @settings(max_examples=7)\n    @signal", 1)
        .replace("import signalbook", "import signalbook\n    from hypothesis import settings", 1),
    )
    done = project.pytest(
        "-q", "--hypothesis-show-statistics", "--hypothesis-seed=3", "--signalbook-report", "text"
    )
    assert "7 passing, 0 failing" in done.stdout, done.stdout


HANDLERS = {
    "bytes": ("def test_handler(payload: bytes): assert type(payload) is bytes", True),
    "text": (
        "def test_handler(body: 'str', tmp_path_factory): assert type(body) is str and tmp_path_factory",
        True,
    ),
    "awaited": ("async def test_handler(payload: dict): assert isinstance(payload, dict)", True),
    "decodes": ("def test_handler(payload): json.loads(payload)", True),
    "looks_up": ("def test_handler(payload): payload.items()", True),
    "sample": ("def test_handler(sample): assert sample.data and sample.why is not None", True),
    "changes": ("def test_handler(payload: dict): payload.clear()", True),
    "is_particular": ("def test_handler(payload: dict): assert type(payload) is dict", True),
    "raises": ("def test_handler(payload: bytes): raise ValueError(payload)", False),
    "raises_awaited": ("async def test_handler(payload: bytes): raise ValueError(payload)", False),
    "refuses_all": (
        "def test_handler(payload: dict): raise signalbook.ParseError(signalbook.check(b''))",
        False,
    ),
    "refuses_broken": ("def test_handler(payload: bytes): signalbook.parse(payload)", True),
    "fixture_of_a_function": (
        "def test_handler(payload: bytes, tmp_path): pass",
        False,
    ),  # Hypothesis refuses it, as in any of its tests
}


def test_what_a_handler_takes(project: Project) -> None:
    """A handler gets what its parameter says, and where it says nothing what it can take; other parameters are fixtures."""
    for name, (handler, _) in HANDLERS.items():
        given = ", payload='sample'" if name == "sample" else ""
        head = f"import json\nimport signalbook\n\n@signalbook.contract('jdcloud/vm/state-change'{given})\n"
        project.write(f"test_{name}.py", f"{head}{handler}\n")
    done = project.pytest("-v")
    outcomes = {name: f"test_{name}.py::test_handler PASSED" in done.stdout for name in HANDLERS}
    assert outcomes == {name: passes for name, (_, passes) in HANDLERS.items()}, done.stdout


def test_a_method_may_be_a_handler(project: Project) -> None:
    """A test in a class is called with its instance."""
    project.write(
        "test_a.py",
        """
        import signalbook

        class TestHandlers:
            name = "x"

            @signalbook.contract("jdcloud/vm/state-change", kinds=["documented"])
            def test_handler(self, payload: dict):
                assert self.name == "x" and payload["detail" if "detail" in payload else "eventAction"]
        """,
    )
    done = project.pytest("-q")
    assert done.returncode == 0, done.stdout


def test_a_registry_of_ones_own(project: Project) -> None:
    """Handlers are tested with the events of another tree, and payload files checked against it."""
    tree = ROOT / "tests" / "trees" / "good"
    project.write(
        "test_a.py",
        f"""
        import signalbook

        @signalbook.contract("acme/disk/disk-full", registry=signalbook.Registry.load({str(tree)!r}))
        def test_handler(payload: dict):
            payload.get("data", payload.get("body"))
        """,
    )
    own = Registry.load(tree)
    example = next(examples.of(own, own.contract("acme/disk/disk-full"), "delivered"))
    (project.folder / "a.json").write_bytes(example.file.read_bytes())
    done = project.pytest("-q", "--signalbook-schemas", str(tree), "--signalbook", "a.json")
    assert "2 passed" in done.stdout, done.stdout
