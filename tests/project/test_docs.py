"""Every code block of the documentation runs: commands print what the page shows, Python passes, files are what the page says."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT, Run
from manual import DOCS, PAGES, blocks, follow, name_of, prose
from modelling import complaints
from signalbook import compat
from signalbook.engine import levels
from signalbook.engine.schema_validator import Checker
from signalbook.registry.tree_reader import META, meta_schema
from signalbook.site import indexes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signalbook import Registry

ADD_AN_EVENT, EDITORS, OWN = (
    DOCS / "how-to" / f"{name}.md" for name in ("add-an-event", "editor-schemas", "own-registry")
)


def test_blocks_are_of_known_kinds() -> None:
    """Each block is of a language that something here runs, and none hides in a list, where MkDocs would not see it."""
    kinds = {block.language for page in PAGES for block in blocks(page)}
    assert kinds == {"console", "python", "json", "text", "yaml", "groovy", "makefile", "markdown", "toml"}
    for page in PAGES:
        assert len(re.findall(r"^ *```", page.read_text("utf-8"), re.MULTILINE)) == 2 * len(blocks(page)), (
            page
        )


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_does_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: Registry
) -> None:
    """Who does what a page says, in its order, in a folder with the demo's payloads, sees exactly what it shows."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "demo", tmp_path / "demo")
    if page == ADD_AN_EVENT:
        shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    if page == EDITORS:
        (tmp_path / "catalog.json").write_bytes(indexes.files(registry)["catalog.json"])
    follow(page, tmp_path)


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_type_checkers_are_content_with_the_handler_of_the_page(checker: str, tmp_path: Path) -> None:
    """What the tutorial writes passes in strict mode, as it promises."""
    written = "\n".join(block.text for block in blocks(DOCS / "tutorial" / "typed-handler.md", "python"))
    (tmp_path / "handler.py").write_text(written, "utf-8")
    assert complaints(checker, tmp_path, "handler.py") == ""


def test_the_smallest_registry_lacks_examples_only(tmp_path: Path, signalbook: Callable[..., Run]) -> None:
    """The files of the page on registries of one's own keep every law of the tree but those that ask for examples."""
    for block in blocks(OWN, "json"):
        path = tmp_path / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")
    rules = set(
        re.findall(
            r"\[([a-z-]+)\]$", signalbook("lint", "--schemas", "my-schemas", cwd=tmp_path).out, re.MULTILINE
        )
    )
    assert rules == {"example-present", "demands-broken"}


def test_commands_named_in_passing_exist(signalbook: Callable[..., Run]) -> None:
    """Every command that a page names in a sentence, or shows without running it, is there and has the options that stand beside it."""
    found: dict[str, set[str]] = {}
    for page in PAGES:
        shown = [
            *re.findall(r"`([^`\n]+)`", prose(page)),
            *(line for block in blocks(page, "text") for line in block.text.splitlines()),
        ]
        for command, rest in re.findall(
            r"^(?:\.venv/bin/)?signalbook (generate [a-z]+|[a-z]+)(.*)$", "\n".join(shown), re.MULTILINE
        ):
            found.setdefault(command, set()).update(re.findall(r"--[a-z]+", rest.partition("|")[0]))
    assert {"validate", "build", "generate types"} <= set(found)
    for command, options in found.items():
        told = signalbook(*command.split(), "--help")
        assert (told.code, options - set(re.findall(r"--[a-z]+", told.out))) == (0, set()), command


def test_targets_of_make_named_in_passing_exist() -> None:
    """Every target of make that a page names is one of the Makefile."""
    shown = "\n".join(page.read_text("utf-8") for page in PAGES)
    named = set(re.findall(r"(?:^(?:\$ )?|`)make ([a-z-]+)", shown, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"demo", "docs", "test"} <= named <= targets


@pytest.mark.parametrize("role", ["registry", "provider", "event", "envelope"])
def test_the_tables_of_metadata_say_what_their_schemas_say(role: str) -> None:
    """Each key of a metadata file stands on the page, with the text of its JSON Schema."""
    page = (DOCS / "reference" / "schema-tree.md").read_text("utf-8")
    for key, about in meta_schema(role)["properties"].items():
        text = about["description"]
        assert re.search(rf"^\| `{key}`( \(optional\))? \| {re.escape(text)}", page, re.MULTILINE), key


def test_the_page_of_diffs_lists_every_class() -> None:
    """Every class of change stands on the page with what it means, and no other."""
    page = (DOCS / "how-to" / "read-a-diff.md").read_text("utf-8")
    rows = re.findall(
        r"^\| `([a-z]+)` \| [^|]+ \| ([^|]+) \|$",
        page.partition("## Look up a class of change")[2],
        re.MULTILINE,
    )
    assert dict(rows) == compat.CLASSES


def test_the_table_of_levels_says_how_much_faults_weigh() -> None:
    """The table of levels is the one by which payloads are judged."""
    header, _, *rows = [
        line.strip("| ").split(" | ")
        for line in (DOCS / "explanation" / "levels.md").read_text("utf-8").splitlines()
        if line[:1] == "|"
    ]
    names = [name.strip("`") for name in header[1:]]
    weights = ("novelty", "form", "unsourced", "guarantee")
    told = {
        name: {weight: row[column] for weight, row in zip(weights, rows, strict=True)}
        for column, name in enumerate(names, 1)
    }
    assert told == {
        level: {weight: severity or "silent" for weight, severity in table.items()}
        for level, table in levels.SEVERITY.items()
    }


def test_the_page_of_evidence_lists_every_mark() -> None:
    """Every mark of evidence stands on the page, in the order of its trust, and no other."""
    page = (DOCS / "explanation" / "evidence.md").read_text("utf-8")
    assert tuple(re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE)) == levels.EVIDENCE


def test_the_page_of_architecture_has_every_package_in_its_layer() -> None:
    """The table of packages has every package, in the order of the layers that import-linter checks."""
    page = (DOCS / "explanation" / "architecture.md").read_text("utf-8").partition("## Packages")[2]
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][
        0
    ]["layers"]
    names = [name.strip().removeprefix("signalbook.") for layer in layers for name in layer.split("|")]
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == [
        name for name in names if not name.startswith("__")
    ]


def test_documented_schemas_of_our_own_are_schemas() -> None:
    """Each file in `meta/` is a draft-07 schema that compiles."""
    for file in sorted(META.glob("*.json")):
        assert Checker(meta_schema(file.name.removesuffix(".schema.json"))).problems(42) != []


def test_the_interpreter_is_one_we_promise() -> None:
    """The suite runs on a Python that pyproject.toml accepts."""
    assert sys.version_info >= (3, 11)
