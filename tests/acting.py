"""What a runner of GitHub does with our action, without one: expressions are filled in, and each step runs in bash with the variables it would have."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conftest import ROOT
from manual import load_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ACTION: dict[str, Any] = load_yaml((ROOT / "action.yml").read_text("utf-8"))
EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")
_PASSED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
)
"""What a step gets from outside besides the variables of pip: a runner has none of the tests' own."""


@dataclass(frozen=True)
class Done:
    """What a run of the action left: the exit code of the step that ended it, its log, its outputs, and the page of the run."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with each expression replaced by its value; what has no value is empty, as it is there."""
    return EXPRESSION.sub(lambda found: values.get(found[1], ""), text)


def act(
    folder: Path, temp: Path, given: Mapping[str, Any], *, python: str, more: Mapping[str, str] | None = None
) -> Done:
    """Run the action in a checked-out folder, with the inputs that a workflow gives it.

    `temp` is the runner's folder, `python` the program that setting up Python gives; `more` are variables that a test needs.
    """
    temp.mkdir(parents=True, exist_ok=True)
    assert set(given) <= set(ACTION["inputs"]), f"the action has no such inputs: {given}"
    values = {
        f"inputs.{name}": str(given.get(name, one["default"])) for name, one in ACTION["inputs"].items()
    }
    files = {f"GITHUB_{name}": temp / name.lower() for name in ("OUTPUT", "STEP_SUMMARY")}
    passed = {name: value for name, value in os.environ.items() if name in _PASSED or name.startswith("PIP_")}
    runner = {
        "GITHUB_ACTIONS": "true",
        "CI": "true",
        "GITHUB_WORKSPACE": folder,
        "GITHUB_ACTION_PATH": ROOT,
        "RUNNER_TEMP": temp,
        **files,
    }
    base = {**passed, **{name: str(value) for name, value in runner.items()}, **(more or {})}
    code, log = 0, ""
    for step in ACTION["runs"]["steps"]:
        if "uses" in step:
            assert step["uses"].startswith("actions/setup-python@"), "what does this step do?"
            values["steps.python.outputs.python-path"] = python
            continue
        files["GITHUB_OUTPUT"].write_text("", "utf-8")
        code, told = _step(step, folder, temp, values, base)
        log += told
        for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            values[f"steps.{step['id']}.outputs.{name}"] = value
        if code:
            break
    outputs = {name: filled(one["value"], values) for name, one in ACTION["outputs"].items()}
    page = files["GITHUB_STEP_SUMMARY"]
    return Done(code, log, outputs, page.read_text("utf-8") if page.exists() else "")


def _step(
    step: dict[str, Any], folder: Path, temp: Path, values: Mapping[str, str], base: Mapping[str, str]
) -> tuple[int, str]:
    """Run a step as a runner does, and return its exit code and what it printed."""
    assert step["shell"] == "bash"
    script = temp / f"{step['id']}.sh"
    script.write_text(filled(step["run"], values), "utf-8")
    env = {**base, **{name: filled(value, values) for name, value in step.get("env", {}).items()}}
    words = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
    done = subprocess.run(
        words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=600
    )
    return done.returncode, done.stdout.decode("utf-8")
