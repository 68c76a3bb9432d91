"""The tests that `signalbook generate tests` writes: services that take what arrives pass them, and of careless ones each is found, with default settings."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from conftest import NIGHTLY, ROOT, Run
from modelling import complaints
from signalbook.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SERVICES = ROOT / "tests" / "services"
CORRECT = sorted(SERVICES.glob("*.py"))
EACH = 3 if NIGHTLY else 1  # services with each kind of bug
CARELESS = [
    file
    for file in sorted((SERVICES / "careless").glob("*.py"))
    if NIGHTLY or int(file.stem.rpartition("_")[2]) <= 1
]


def about(file: Path) -> Any:
    """Return a service as a module: it says which events it takes, in which function, and which bug it has."""
    spec = importlib.util.spec_from_file_location(f"service_{file.stem}", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SERVICES / "shared")
        spec.loader.exec_module(module)
    return module


def write_tests(file: Path, project: Path) -> None:
    """Write the tests of a service into a project, with default settings."""
    for each in [file, *(SERVICES / "shared").glob("*.py")]:
        shutil.copy(each, project / each.name)
    module = about(file)
    raises = ["--raises", f"{file.stem}:Rejected"] if hasattr(module, "Rejected") else []
    handler = f"{file.stem}:{module.HANDLER}"
    assert (
        main(
            [
                "generate",
                "tests",
                *module.EVENTS,
                "--handler",
                handler,
                *raises,
                "--out",
                str(project / "tests" / file.stem),
            ]
        )
        == 0
    )


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The outcomes of the tests of each service, and the lines that tell of failures, by the service's name."""
    project = tmp_path_factory.mktemp("project")
    (project / "pytest.ini").write_text("[pytest]\npythonpath = .\n", "utf-8")
    # A machine with much else to do is slow, and that is no bug of a service.
    profile = 'settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])\nsettings.load_profile("patient")'
    (project / "conftest.py").write_text(
        f"from hypothesis import HealthCheck, settings\n\n{profile}\n", "utf-8"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        for file in [*CORRECT, *CARELESS]:
            write_tests(file, project)
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "COV", "HYPOTHESIS"))
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
        "--hypothesis-seed=0",
        "-n",
        "2",
        "-v",
        "--tb=no",
        "tests",
    ]
    done = subprocess.run(
        command, cwd=project, env=clean, capture_output=True, text=True, check=False, timeout=500
    )
    found: dict[str, set[str]] = {}
    for outcome, name in re.findall(r"(PASSED|FAILED|ERROR) tests/(\w+)/", done.stdout):
        found.setdefault(name, set()).add(outcome)
    assert found.keys() == {file.stem for file in [*CORRECT, *CARELESS]}, done.stdout[-3000:]
    return found


@pytest.mark.parametrize("file", CORRECT, ids=lambda file: file.stem)
def test_a_correct_service_passes_as_generated(file: Path, outcomes: dict[str, set[str]]) -> None:
    """A service that survives what is documented, what may come, and what is broken passes."""
    assert outcomes[file.stem] == {"PASSED"}


@pytest.mark.parametrize("file", CARELESS, ids=lambda file: file.stem)
def test_a_careless_service_fails(file: Path, outcomes: dict[str, set[str]]) -> None:
    """Each planted bug is found."""
    assert "FAILED" in outcomes[file.stem]


def test_every_kind_of_bug_is_planted() -> None:
    """Eight kinds of bugs, each in three services at least; by day, in one."""
    kinds = [about(file).BUG for file in CARELESS]
    assert len(set(kinds)) == 8
    assert min(kinds.count(kind) for kind in kinds) >= EACH


@pytest.mark.parametrize("checker", ["ruff check", "ruff format", "mypy"])
def test_what_is_written_is_tidy(checker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module is as ruff and mypy want it, whatever the handler takes."""
    monkeypatch.chdir(tmp_path)
    for name in ("huawei_function", "text_service", "alibaba_webhook"):
        write_tests(SERVICES / f"{name}.py", tmp_path)
    names = [str(path.relative_to(tmp_path)) for path in (tmp_path / "tests").rglob("*.py")]
    assert len(names) == 3
    for name in names:
        assert complaints(checker, tmp_path, name) == ""


HANDLER = "def handle(payload: bytes) -> None: ...\n\n\nmade = print\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--handler", "shop"], "names no function"),
        (["--handler", "nowhere:handle"], "there is no module nowhere"),
        (["--handler", "shop:hndle"], "did you mean handle?"),
        (["--handler", "shop:handle", "--raises", "Rejected"], "names no function"),
        (["--handler", "shop:handle", "--envelope", "mns"], "did you mean 'alibaba/mns-http'"),
        (
            ["--handler", "shop:handle", "--envelope", "eventbridge+cloudmonitor"],
            "its routes are cloudmonitor",
        ),
    ],
)
def test_a_wrong_use_is_told(
    words: list[str], says: str, tmp_path: Path, signalbook: Callable[..., Run]
) -> None:
    """A handler, an error or a route that there is not ends with exit code 2 and says what to do; nothing is written."""
    (tmp_path / "shop.py").write_text(HANDLER, "utf-8")
    done = signalbook("generate", "tests", "Instance:StateChange", *words, "--out", "tests", cwd=tmp_path)
    assert done.code == 2
    assert says in done.err
    assert not (tmp_path / "tests").exists()


def test_a_module_that_was_changed_is_not_overwritten(tmp_path: Path, signalbook: Callable[..., Run]) -> None:
    """What is there already stays, unless it is asked for."""
    (tmp_path / "shop.py").write_text(HANDLER, "utf-8")
    words = ["generate", "tests", "jdcloud/vm/state-change", "--handler", "shop:made", "--out", "tests"]
    assert signalbook(*words, cwd=tmp_path).code == 0
    path = tmp_path / "tests" / "test_made_contracts.py"
    assert "def test_state_change(payload):" in path.read_text("utf-8")
    assert signalbook(*words, cwd=tmp_path).code == 0
    path.write_text("mine", "utf-8")
    done = signalbook(*words, cwd=tmp_path)
    assert (done.code, path.read_text("utf-8")) == (2, "mine")
    assert "--force" in done.err
    assert signalbook(*words, "--force", cwd=tmp_path).code == 0
    assert path.read_text("utf-8") != "mine"


def test_the_module_of_a_handler_is_not_run(tmp_path: Path, signalbook: Callable[..., Run]) -> None:
    """Reading the source is enough: what it would do when imported is not done."""
    package = tmp_path / "src" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit(3)\n", "utf-8")
    (package / "hooks.py").write_text(
        "raise SystemExit(3)\n\n\nasync def handle(event, context, log=None): ...\n", "utf-8"
    )
    done = signalbook(
        "generate", "tests", "jdcloud/vm", "--handler", "shop.hooks:handle", "--out", "tests", cwd=tmp_path
    )
    assert done.code == 0, done.err
    text = (tmp_path / "tests" / "test_handle_contracts.py").read_text("utf-8")
    assert (
        "async def test_state_change(payload):\n    await handle(payload, MagicMock())  # context\n" in text
    )
    assert text.count("@signalbook.contract(") == 15


def test_a_registry_of_ones_own(tmp_path: Path, signalbook: Callable[..., Run]) -> None:
    """Tests for events of another tree read that tree."""
    shutil.copytree(ROOT / "tests" / "trees" / "good", tmp_path / "events")
    (tmp_path / "shop.py").write_text(
        "def handle(payload: dict) -> None:\n    payload.get('data'), payload.get('body')\n", "utf-8"
    )
    done = signalbook(
        "generate",
        "tests",
        "acme",
        "--handler",
        "shop:handle",
        "--schemas",
        "events",
        "--out",
        "tests",
        cwd=tmp_path,
    )
    assert done.code == 0, done.err
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        "--rootdir",
        ".",
        "tests",
    ]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)
    assert "2 passed" in run.stdout, run.stdout
