"""The tools that are asked, and how: each question in a process of its own, for a bounded time."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.compat.truth import Case

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PYTHON = HERE.parent / ".venv" / "bin" / "python"


@dataclass(frozen=True)
class Tool:
    """A tool: its name and version, and the command that reads a question and writes an answer."""

    name: str
    version: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What a tool said of one direction of a case: compatible, incompatible, undecided, error, or nothing in time."""

    said: str
    note: str
    seconds: float


def tools() -> list[Tool]:
    """Return signalbook, and every peer that is installed."""
    own = Tool(
        "signalbook",
        metadata.version("signalbook"),
        (sys.executable, "-m", "benchmarks.compat.ask_signalbook"),
    )
    return [own, *_from_pypi(), *_from_npm()]


def ask(tool: Tool, case: Case, direction: str, seconds: float) -> Answer:
    """Ask a tool for one direction of a case. The process gets two seconds more than the answer, for its start."""
    question = json.dumps({"old": case.old, "new": case.new, "direction": direction})
    try:
        done = subprocess.run(  # noqa: S603 - our own adapters
            tool.command,
            input=question,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds + 2,
            cwd=ROOT,
        )
    except subprocess.TimeoutExpired:
        return Answer("nothing", f"no answer within {seconds:g} s", seconds)
    try:
        found: dict[str, Any] = json.loads(done.stdout[done.stdout.rindex('{"said"') :])
    except ValueError:
        return Answer(
            "error", (done.stderr.strip().splitlines() or ["it ended without an answer"])[-1][:300], 0.0
        )
    return Answer(found["said"], found["note"], found["seconds"])


def _from_pypi() -> list[Tool]:
    code = "import sys; from importlib import metadata; print(metadata.version(sys.argv[1]))"
    out = []
    for name in ("jsonsubschema", "jsoncompat") if PYTHON.exists() else ():
        done = subprocess.run(  # noqa: S603 - our own code
            [PYTHON, "-c", code, name], capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode == 0:
            out.append(Tool(name, done.stdout.strip(), (str(PYTHON), "-m", f"benchmarks.compat.ask_{name}")))
    return out


def _from_npm() -> list[Tool]:
    node = shutil.which("node")
    out = []
    for name in ("json-schema-diff", "json-schema-diff-validator"):
        package = HERE / "node_modules" / name / "package.json"
        if node and package.exists():
            version = json.loads(package.read_text("utf-8"))["version"]
            out.append(Tool(name, version, (node, str(HERE / f"ask_{name.replace('-', '_')}.mjs"))))
    return out


def node_version() -> str:
    """Return the version of Node.js, or that there is none."""
    node = shutil.which("node")
    return (
        subprocess.run(  # noqa: S603 - found above
            [node, "--version"], capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()
        if node
        else "none"
    )
