"""The hand-written documentation as data: its pages, their code blocks and links; and a reader who does what a page says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from conftest import ROOT

DOCS = ROOT / "docs"
GENERATED = frozenset(
    DOCS / "reference" / f"{name}.md" for name in ("commands", "findings", "exit-codes", "lint-rules")
)
"""What `signalbook build` writes beside the pages that people write."""
KINDS = ("tutorial", "how-to", "explanation", "reference")
PAGES = [
    *(ROOT / "README.md", ROOT / "CONTRIBUTING.md", DOCS / "index.md"),
    *(page for kind in KINDS for page in sorted((DOCS / kind).rglob("*.md")) if page not in GENERATED),
]
# A block may be a file of the reader's: then the line above begins with its path.
BLOCK = re.compile(
    r"(?:^`([\w./-]+\.(?:json|py|yml|yaml|md|toml)|Makefile|Jenkinsfile)`[^\n]*\n\n)?^```(\w+)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# What sets up the machine is run by .ci/run, not from inside the tests that it runs.
RUN_BY_CI = ("make demo",)
BINARIES = Path(sys.executable).parent


class Block(NamedTuple):
    """A code block: the file it is, or nothing; its language; its text."""

    file: str
    language: str
    text: str


def name_of(page: Path) -> str:
    """Return how a page is called in the names of tests: its path, without the folder of the documentation."""
    return str(page.relative_to(ROOT)).removeprefix("docs/")


def blocks(page: Path, *languages: str) -> list[Block]:
    """Return the code blocks of a page, all or those of some languages."""
    found = [Block(*groups) for groups in BLOCK.findall(page.read_text("utf-8"))]
    return [block for block in found if not languages or block.language in languages]


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return BLOCK.sub("", page.read_text("utf-8"))


def load_yaml(text: str) -> Any:
    """Return what a YAML text says."""
    return yaml.safe_load(text)


def run(line: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run what a reader types into a shell in a folder; `signalbook` and `python` are those of the tests."""
    path = f"{env.pop('before', '')}{BINARIES}{os.pathsep}{os.environ['PATH']}"
    whole = {
        **os.environ,
        "PATH": path,
        "COLUMNS": "80",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": "",
        **env,
    }
    return subprocess.run(
        ["/bin/sh", "-ec", line],
        cwd=folder,
        env=whole,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def follow(page: Path, folder: Path) -> None:
    """Do what a page says, in its order: write each file it shows, run each command, and hold what is printed against what is shown."""
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n", "utf-8")
    (folder / ".venv").symlink_to(sys.prefix)
    typed: dict[str, object] = {}
    for block in blocks(page):
        if block.language == "console":
            for command in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
                _command(command, folder)
        elif block.file:
            _file(block, folder)
        elif block.language == "python":
            # Hypothesis reads the source of what it runs, and would read the page if that were named here.
            source = folder / "typed.txt"
            source.write_text(block.text, "utf-8")
            exec(compile(block.text, source, "exec"), typed)  # noqa: S102 - our own documentation
        elif block.language == "json":
            json.loads(block.text)
        else:
            assert block.language == "text", (
                f"nobody says which file this is, so nothing can prove it:\n{block.text}"
            )


def _file(block: Block, folder: Path) -> None:
    """Write a file of the reader's; or, where it is shown as text, look whether a command has made it as shown."""
    path = folder / block.file
    if block.language == "text":
        assert block.text in path.read_text("utf-8")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, "utf-8")


def _command(command: str, folder: Path) -> None:
    line, _, shown = command.partition("\n")
    if line in RUN_BY_CI:
        return
    done = run(line, folder)
    out = done.stdout if not done.stdout or done.stdout.endswith("\n") else f"{done.stdout}\n"
    assert re.fullmatch(_pattern(shown), out), (
        f"$ {line}\n{out}{done.stderr}\nis not what the page shows:\n{shown}"
    )


def _pattern(shown: str) -> str:
    """Return a pattern for what a page shows: `…` stands for the rest of a line, or on a line of its own for any lines."""
    return "".join(
        r"(?:.*\n)*?" if line == "…" else f"{'.*'.join(map(re.escape, line.split('…')))}\n"
        for line in shown.splitlines()
    )
