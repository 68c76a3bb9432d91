"""`signalbook build --docs`: pages are written beside those of people, kept up to date, and never written over somebody's work."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT
from signalbook.cli.main import main
from signalbook.codegen import writer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder of docs with a page that somebody wrote, where no build has been."""
    folder = tmp_path / "docs"
    (folder / "schemas").mkdir(parents=True)
    (folder / "schemas" / "ours.md").write_text("# Ours\n", "utf-8")
    return folder


def build(tree: Path, docs: Path, *words: str) -> int:
    """Run `signalbook build` for the pages alone, and return its exit code."""
    return main(["build", "--schemas", str(tree), "--out", "", "--docs", str(docs), *words])


def test_pages_stand_beside_those_of_people(
    good_tree: Path, docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a build writes is listed in a manifest; a second build has nothing to do, and what somebody else wrote stays, in the same folder too."""
    assert build(good_tree, docs) == 0
    listed = json.loads((docs / ".signalbook.json").read_text("utf-8"))["files"]
    assert {
        "catalogue/index.md",
        "catalogue/acme/disk/disk-full.md",
        "reference/commands.md",
        "llms.txt",
    } <= set(listed)
    assert all((docs / name).is_file() for name in listed)
    capsys.readouterr()
    assert build(good_tree, docs) == 0
    assert capsys.readouterr().out == f"{docs}: 0 of {len(listed) + 1} files written\n"
    assert (docs / "schemas" / "ours.md").read_text("utf-8") == "# Ours\n"
    assert build(good_tree, docs, "--check") == 0


def test_a_page_that_nothing_makes_any_more_goes(good_tree: Path, docs: Path) -> None:
    """A page that an earlier build wrote and this one does not is removed; other files stay."""
    build(good_tree, docs)
    manifest = json.loads((docs / ".signalbook.json").read_text("utf-8"))
    (docs / "catalogue" / "gone.md").write_text(
        (docs / "catalogue" / "fields.md").read_text("utf-8"), "utf-8"
    )
    (docs / ".signalbook.json").write_text(
        json.dumps({**manifest, "files": [*manifest["files"], "catalogue/gone.md"]}), "utf-8"
    )
    assert build(good_tree, docs, "--check") == 1
    assert build(good_tree, docs) == 0
    assert not (docs / "catalogue" / "gone.md").exists()
    assert (docs / "schemas" / "ours.md").exists()


def test_every_file_of_a_site_says_that_we_wrote_it(good_tree: Path, docs: Path) -> None:
    """So that the list of them need not be believed."""
    build(good_tree, docs)
    listed = json.loads((docs / ".signalbook.json").read_text("utf-8"))["files"]
    assert [name for name in listed if not writer.is_ours(docs, name)] == []
    assert (
        len(list(docs.glob("schemas/*/_shared/*.json"))) > 0,
        len(list(docs.glob("schemas/_meta/*.json"))),
    ) == (True, 5)


def test_a_shared_schema_that_people_write_is_not_ours(good_tree: Path, docs: Path) -> None:
    """Served as it was written, it is known by its place and its `$id`, unless it stands in the tree itself, which a registry.json tells."""
    build(good_tree, docs)
    (shared, *_) = (path.relative_to(docs).as_posix() for path in docs.glob("schemas/*/_shared/*.json"))
    assert writer.is_ours(docs, shared)
    (docs / "schemas" / "registry.json").write_text("{}", "utf-8")
    assert not writer.is_ours(docs, shared)


def test_where_a_page_is_refused_nothing_else_is_written_either(
    good_tree: Path, docs: Path, tmp_path: Path
) -> None:
    """Both folders are looked at before the first file is written."""
    (docs / "llms.txt").write_text("mine", "utf-8")
    assert (
        main(["build", "--schemas", str(good_tree), "--out", str(tmp_path / "out"), "--docs", str(docs)]) == 2
    )
    assert not (tmp_path / "out").exists()


def test_a_page_of_somebody_else_is_never_written_over(
    good_tree: Path, docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that stands where a page belongs, and that no build wrote, ends the run with a word on what to do; nothing is written."""
    (docs / "catalogue").mkdir()
    (docs / "catalogue" / "index.md").write_text("# My own catalogue\n", "utf-8")
    assert build(good_tree, docs) == 2
    said = capsys.readouterr().err
    assert "index.md: was not written by signalbook" in said
    assert "choose another folder with --docs, or move the file" in said
    assert sorted(path.name for path in docs.rglob("*") if path.is_file()) == ["index.md", "ours.md"]


def test_what_was_never_built_is_not_out_of_date(good_tree: Path, docs: Path) -> None:
    """In a fresh clone, where pages are left out of git, --check looks at those alone that are kept there: the reference."""
    assert build(good_tree, docs, "--check") == 0
    build(good_tree, docs)
    for name in json.loads((docs / ".signalbook.json").read_text("utf-8"))["files"]:
        if not name.startswith("reference/"):
            (docs / name).unlink()
    (docs / ".signalbook.json").unlink()
    assert build(good_tree, docs, "--check") == 0
    page = docs / "reference" / "commands.md"
    page.write_text(page.read_text("utf-8").replace("signalbook validate", "signalbook check"), "utf-8")
    assert build(good_tree, docs, "--check") == 1
    assert build(good_tree, docs) == 0


def test_git_keeps_the_reference_and_leaves_out_what_is_made() -> None:
    """The generated reference is in the repository and up to date, and no other page that a build writes is."""
    kept = subprocess.run(
        ["git", "ls-files", "docs"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    if not kept:
        pytest.skip("this is no clone")
    assert not [
        name
        for name in kept
        if name.startswith(("docs/catalogue/", "docs/schemas/")) or name.endswith((".json", ".txt"))
    ]
    assert {
        f"docs/reference/{name}.md" for name in ("commands", "findings", "exit-codes", "lint-rules")
    } <= set(kept)
