"""The room `sync`: the disk is brought in line with what is wanted, whole files only, and nothing but what is ours is removed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalbook import sync

OWNED = ("ours", "index.json")
NAMES = ("index.json", "ours/a.json", "ours/deep/b.json", "ours/c.json", "theirs/d.json", "e.json")
TREES = st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=8))


def contents(root: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def is_ours(name: str) -> bool:
    """Whether a name is one of the owned paths or below one."""
    return name.split("/", maxsplit=1)[0] in OWNED


def fill(root: Path, files: dict[str, bytes]) -> None:
    """Put files on the disk, without the kit."""
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


@given(before=TREES, wanted=TREES)
def test_afterwards_the_disk_holds_what_is_wanted_and_what_is_not_ours(before: dict[str, bytes], wanted: dict[str, bytes]) -> None:
    """Whatever was there, writing gives the wanted files and keeps those of others; it names just what changed, and has nothing to do a second time."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        fill(root, before)
        outdated = sync.differences(wanted, root, OWNED)
        written = sync.write(wanted, root, OWNED)
        kept = {name: data for name, data in before.items() if not is_ours(name)}
        assert contents(root) == {**kept, **wanted}
        gone = {name for name in before if is_ours(name) and name not in wanted}
        assert sorted(written) == sorted({name for name, data in wanted.items() if before.get(name) != data} | gone)
        assert [*outdated.changed, *outdated.surplus] == written
        assert not sync.differences(wanted, root, OWNED)
        assert sync.write(wanted, root, OWNED) == []


def test_without_owned_paths_nothing_is_removed(tmp_path: Path) -> None:
    """`lint --fix` owns nothing: it writes and never removes."""
    fill(tmp_path, {"a.json": b"1", "b.json": b"2"})
    assert sync.write({"a.json": b"3"}, tmp_path) == ["a.json"]
    assert contents(tmp_path) == {"a.json": b"3", "b.json": b"2"}


def test_differences_only_look(tmp_path: Path) -> None:
    """Checking writes nothing, not even a folder."""
    assert sync.differences({"a/b.json": b"1"}, tmp_path / "out", ["a"]).changed == ("a/b.json",)
    assert list(tmp_path.iterdir()) == []


def test_each_file_that_differs_has_a_line_that_says_how(tmp_path: Path) -> None:
    """Missing, out of date and no longer made are three things, and the reader is told which."""
    fill(tmp_path, {"ours/old.json": b"1", "ours/gone.json": b"1", "ours/same.json": b"1", "theirs.json": b"1"})
    found = sync.differences({"ours/old.json": b"2", "ours/new.json": b"2", "ours/same.json": b"1"}, tmp_path, ["ours"])
    assert found.names() == [
        f"{tmp_path}/ours/old.json: out of date",
        f"{tmp_path}/ours/new.json: missing",
        f"{tmp_path}/ours/gone.json: nothing makes this file any more",
    ]


def test_a_diff_shows_the_lines_that_would_change(tmp_path: Path) -> None:
    """The diff reads from what is there to what should be."""
    fill(tmp_path, {"a.json": b"same\nold\n"})
    assert list(sync.differences({"a.json": b"same\nnew\n"}, tmp_path)) == [
        f"--- {tmp_path}/a.json",
        f"+++ {tmp_path}/a.json (as it should be)",
        "@@ -1,2 +1,2 @@",
        " same",
        "-old",
        "+new",
    ]


def test_a_long_diff_ends_after_a_hundred_lines_and_says_how_much_more_there_is(tmp_path: Path) -> None:
    """Nobody reads a thousand lines of a diff; the counts are what helps."""
    fill(tmp_path, {"ours/gone.json": b"x\n"})
    lines = list(sync.differences({"ours/a.json": b"line\n" * 500}, tmp_path, ["ours"]))
    assert len(lines) == 101
    assert lines[-1] == "… and more: 1 files out of date or missing, 1 to remove"


def test_a_diff_copes_with_what_is_no_text(tmp_path: Path) -> None:
    """A stray picture below an owned path is named like any other surplus file."""
    fill(tmp_path, {"ours/picture.png": b"\xff\xfe\x00"})
    assert len(list(sync.differences({}, tmp_path, ["ours"]))) > 0


def refuse(*_: object) -> None:
    """Stand for a disk that is full or a process that is stopped just before a file takes its place."""
    raise OSError(28, "No space left on device")


def test_who_is_stopped_half_way_leaves_whole_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is the old one or the new one, never a part of either."""
    fill(tmp_path, {"a.json": b"old"})
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="No space left"):
        sync.write({"a.json": b"new", "b.json": b"new"}, tmp_path)
    assert {name: data for name, data in contents(tmp_path).items() if not name.endswith(".partial")} == {"a.json": b"old"}


def test_who_is_stopped_half_way_leaves_nothing_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written beside the file is taken away again."""
    fill(tmp_path, {"a.json": b"old"})
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="No space left"):
        sync.write({"a.json": b"new"}, tmp_path)
    assert contents(tmp_path) == {"a.json": b"old"}


def test_what_a_killed_run_left_beside_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    """A killed process cannot tidy up; the next run does, below the owned paths."""
    fill(tmp_path, {"ours/.a.json.partial": b"ha"})
    sync.write({"ours/a.json": b"half"}, tmp_path, ["ours"])
    assert contents(tmp_path) == {"ours/a.json": b"half"}
