"""Every code block of the documentation runs: commands print what the page shows, Python passes, JSON is what the step says."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT, Run
from modelling import complaints
from signalbook import compat, findings
from signalbook.engine import Checker
from signalbook.registry.reading import META, meta_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# What sets up or tears down the machine is run by .ci/run, not from inside the tests that it runs.
RUN_BY_CI = ("make demo",)


def blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks of one language, without the indentation of a list they stand in."""
    found = [match.groups() for match in BLOCK.finditer(page.read_text("utf-8"))]
    return ["\n".join(line.removeprefix(indent) for line in text.splitlines()) for indent, kind, text in found if kind == language]


def test_blocks_are_of_known_kinds() -> None:
    """A block of a language that nothing here runs would go unproved."""
    kinds = {match.group(2) for page in PAGES for match in BLOCK.finditer(page.read_text("utf-8"))}
    assert kinds == {"console", "python", "json", "text"}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name not in ("CONTRIBUTING.md", "own-registry.md", "test-your-handler.md")], ids=lambda page: page.name
)
def test_commands_print_what_the_page_shows(page: Path, signalbook: Callable[..., Run], tmp_path: Path) -> None:
    """A console block that shows output shows exactly what the command prints, in a folder with the demo's payloads."""
    shutil.copytree(ROOT / "demo", tmp_path / "demo")
    for block in blocks(page, "console"):
        first, _, shown = block.partition("\n")
        words = shlex.split(first.removeprefix("$ "))
        if " ".join(words) in RUN_BY_CI:
            continue
        assert words[0] in ("signalbook", ".venv/bin/signalbook")
        assert signalbook(*words[1:], cwd=tmp_path).out.rstrip("\n") == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_blocks_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python blocks of a page run as they stand, one after the other, as a reader types them."""
    monkeypatch.chdir(ROOT)
    typed: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), typed)  # noqa: S102 - our own documentation


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_type_checkers_are_content_with_the_handler_of_the_page(checker: str, tmp_path: Path) -> None:
    """What the how-to writes passes in strict mode, as it promises."""
    (tmp_path / "handler.py").write_text("\n".join(blocks(ROOT / "docs" / "typed-handler.md", "python")), "utf-8")
    assert complaints(checker, tmp_path, "handler.py") == ""


def test_adding_an_event_is_adding_one_folder(tmp_path: Path, signalbook: Callable[..., Run]) -> None:
    """The steps of CONTRIBUTING.md, taken in order on a copy of the catalogue, give a tree that lint and validate find clean."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    files = re.findall(r"`(schemas/jdcloud/vm/disk-resized/[^`]*\.json)`[^\n]*\n+ *```json\n", text)
    assert len(files) == len(blocks(ROOT / "CONTRIBUTING.md", "json"))
    for file, block in zip(files, blocks(ROOT / "CONTRIBUTING.md", "json"), strict=True):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{block}\n", "utf-8")
        assert json.loads(block)
    folder = "schemas/jdcloud/vm/disk-resized"
    last = blocks(ROOT / "CONTRIBUTING.md", "console")[-1]
    for line in last.splitlines():
        words = shlex.split(line.removeprefix("$ "))[1:]
        done = signalbook(*words, "--schemas", "schemas", cwd=tmp_path)
        assert (done.code, done.err) == (0, ""), done.out
    assert f"valid         {folder}/examples/1.0.0/delivered/cloud-events.json" in done.out


def test_the_smallest_registry_works(tmp_path: Path, signalbook: Callable[..., Run]) -> None:
    """The files of the page on registries of one's own, written where it says, give what it shows; lint then asks for examples and nothing else."""
    page = ROOT / "docs" / "own-registry.md"
    names = re.findall(r"^`((?:my-schemas/|payload)[^`]*\.json)`[^\n]*\n\n```json\n", page.read_text("utf-8"), re.MULTILINE)
    for name, block in zip(names, blocks(page, "json"), strict=True):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{block}\n", "utf-8")
    (block,) = blocks(page, "console")
    first, _, shown = block.partition("\n")
    run = signalbook(*shlex.split(first)[2:], cwd=tmp_path)
    assert (run.code, run.out.rstrip("\n")) == (1, shown)
    rules = set(re.findall(r"\[([a-z-]+)\]$", signalbook("lint", "--schemas", "my-schemas", cwd=tmp_path).out, re.MULTILINE))
    assert rules == {"example-present", "demands-broken"}


def test_the_tutorial_finds_its_three_bugs(tmp_path: Path, signalbook: Callable[..., Run]) -> None:
    """The files of the tutorial, written where it says, and its commands, in its order, print the lines that it shows."""
    page = (ROOT / "docs" / "test-your-handler.md").read_text("utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    shown = 0
    for name, kind, text in re.findall(r"(?:^`([a-z_/]+\.py)`\n\n)?^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        if kind == "python":
            (tmp_path / name).write_text(text, "utf-8")
        elif kind == "text":
            assert text in (tmp_path / name).read_text("utf-8")
        else:
            first, *lines = text.splitlines()
            words = shlex.split(first.removeprefix("$ "))
            if words[0] == "signalbook":
                out = signalbook(*words[1:], cwd=tmp_path).out
            else:
                command = [sys.executable, *words[1:], "-p", "no:cacheprovider"]
                out = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120).stdout
            for line in lines:
                found = re.search(".*".join(map(re.escape, line.split("…"))), out)
                assert found, f"{line}\n{out}"
                out = out[found.end() :]
                shown += 1
    assert shown > 10


@pytest.mark.parametrize("role", ["registry", "provider", "event", "envelope"])
def test_the_tables_of_metadata_say_what_their_schemas_say(role: str) -> None:
    """Each key of a metadata file stands on the page, with the text of its JSON Schema."""
    page = (ROOT / "docs" / "schema-tree.md").read_text("utf-8")
    for key, about in meta_schema(role)["properties"].items():
        text = about["description"]
        assert re.search(rf"^\| `{key}`( \(optional\))? \| {re.escape(text)}", page, re.MULTILINE), key


def test_the_findings_page_lists_every_rule() -> None:
    """Every rule that the kit can report stands on the page, and the page lists no other word of ours."""
    page = (ROOT / "docs" / "findings.md").read_text("utf-8")
    ours = {
        word
        for line in page.splitlines()
        if line.startswith("| `")
        for word in re.findall(r"`([a-z]+(?:-[a-z]+)+|empty|gzip|ambiguous|deprecated|untyped)`", line.split("|")[1])
    }
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src" / "signalbook").rglob("*.py") if "lint" not in path.parts)
    in_code = set(re.findall(r'(?:NotJSON|Obstacle|Finding|Problem)\(\s*"([a-z-]+)"', source)) - {"required", "type"}
    in_code |= {"json-text", "plain-text", "unlisted-value"} | set(findings.UNIDENTIFIED)
    assert ours == in_code


def test_the_page_of_versions_lists_every_class() -> None:
    """Every class of change stands on the page with what it means, and no other."""
    page = (ROOT / "docs" / "versions.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z]+)` \| [^|]+ \| ([^|]+) \|$", page.partition("## Classes of change")[2], re.MULTILINE)
    assert dict(rows) == compat.CLASSES


def test_the_command_page_shows_every_option(signalbook: Callable[..., Run]) -> None:
    """An option that the command has stands on its page."""
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for command in ("validate", "identify", "list", "show", "diff", "sample", "generate types", "generate tests", "lint", "build"):
        options = set(re.findall(r"--[a-z]+", signalbook(*command.split(), "--help").out))
        assert {option for option in options if option not in page} == set()


def test_documented_schemas_of_our_own_are_schemas() -> None:
    """Each file in `meta/` is a draft-07 schema that compiles."""
    for file in sorted(META.glob("*.json")):
        assert Checker(meta_schema(file.name.removesuffix(".schema.json"))).problems(42) != []


def test_the_interpreter_is_one_we_promise() -> None:
    """The suite runs on a Python that pyproject.toml accepts."""
    assert sys.version_info >= (3, 11)
