"""What `signalbook validate` reads, it does not overwrite: an output that is one of its inputs, under whatever name, ends the run before anything is written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from running import BAD_LINE, GOOD
from signalbook.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, good_tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a payload in a folder, settings, a baseline and a registry; the working folder is there."""
    folder = tmp_path / "project"
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "a.json").write_bytes(GOOD)
    (folder / "other").mkdir()
    (folder / "old.json").write_text('{"version": 1, "entries": []}\n', "utf-8")
    (folder / "set.toml").write_text('baseline = "old.json"\n', "utf-8")
    (folder / "tree").symlink_to(good_tree)
    monkeypatch.chdir(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


OUTPUTS = {"report": ("--report", "json={}"), "baseline": ("--write-baseline", "{}")}
NAMED: dict[str, tuple[str, list[str]]] = {
    "named": ("in/a.json", ["in/a.json"]),
    "in a folder": ("in/a.json", ["in"]),
    "behind a glob": ("in/a.json", ["i*/*.json"]),
    "missing": ("in/none.json", ["in/none.json"]),
    "settings": ("set.toml", ["other", "--config", "set.toml"]),
    "registry": ("tree/registry.json", ["in", "--schemas", "tree"]),
}


@pytest.mark.parametrize("through", ["itself", "another spelling", "a link", "a hard link"])
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("case", NAMED)
def test_no_output_overwrites_an_input(
    case: str, output: str, through: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is read is safe from what is written, however either is named: exit 2, a line that says why, nothing changed."""
    file, asked = NAMED[case]
    name = {"itself": file, "another spelling": f"other/../{file}"}.get(through, "other/name.txt")
    if through == "a link":
        (project / name).symlink_to(project / file)
    elif through == "a hard link" and (project / file).exists():
        os.link((project / file).resolve(), project / name)
    elif through == "a hard link":
        pytest.skip("what is missing has no other name")
    before = contents(project)
    option, value = OUTPUTS[output]
    assert main.main(["validate", *asked, option, value.format(name)]) == 2
    assert (f"signalbook: {name}: " in capsys.readouterr().err, contents(project)) == (True, before)


@pytest.mark.parametrize(
    "asked",
    [
        ["--report", "json=old.json", "--config", "set.toml"],
        ["--report", "json=old.json", "--baseline", "old.json"],
        ["--report", "json=old.json", "--config", "set.toml", "--write-baseline", "new.json"],
        ["--report", "json=new.json", "--write-baseline", "new.json"],
        ["--report", "json=new.json", "--write-baseline", "other/../new.json"],
        ["--report", "json=new.json", "--report", "sarif=./new.json"],
    ],
)
def test_baselines_and_reports_have_files_of_their_own(asked: list[str], project: Path) -> None:
    """A report never replaces the baseline, and no two outputs go into one file, whether it is there yet or not."""
    before = contents(project)
    assert main.main(["validate", "in", *asked]) == 2
    assert contents(project) == before


def test_the_baseline_of_the_settings_is_renewed_in_its_place(project: Path) -> None:
    """It is not read then; and an output beside the inputs, hidden from them or not one of theirs, is written as ever."""
    (project / "in" / "a.json").write_bytes(BAD_LINE)
    (project / "old.json").chmod(0o600)
    said = ["--config", "set.toml", "--write-baseline", "old.json", "--report", "junit=in/report.xml"]
    assert main.main(["validate", "in", *said]) == 0
    assert b'"type"' in (project / "old.json").read_bytes()
    assert (project / "old.json").stat().st_mode & 0o777 == 0o600
    assert (project / "in" / "report.xml").exists()
    assert main.main(["validate", "in", *said]) == 0
