"""Files that are none: a pipe is not waited for, and a device not read until memory ends, wherever a file is asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from breaking import DISK_FULL, EVENT, NEW, PROVIDER, SHARED
from signalbook import Registry
from signalbook.cli import main
from signalbook.errors import BrokenRegistry
from signalbook.reading import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def pipe(path: Path) -> None:
    """Make a pipe that nobody writes to."""
    os.mkfifo(path)


def link_to_a_pipe(path: Path) -> None:
    """Make a link to such a pipe."""
    os.mkfifo(f"{path}.pipe")
    path.symlink_to(f"{path}.pipe")


def link_to_a_device(path: Path) -> None:
    """Make a link to a device that never ends."""
    path.symlink_to("/dev/zero")


KINDS: dict[str, Callable[[Path], None]] = {
    "pipe": pipe,
    "link to a pipe": link_to_a_pipe,
    "endless device": link_to_a_device,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", ["registry.json", PROVIDER, EVENT, NEW, SHARED])
def test_a_registry_is_made_of_regular_files(kind: str, file: str, good_tree: Path) -> None:
    """Whatever the file is for, the tree is broken, and the fault says of which file and why."""
    (good_tree / file).unlink()
    KINDS[kind](good_tree / file)
    with pytest.raises(BrokenRegistry) as raised:
        Registry.load(good_tree)
    assert (str(good_tree / file), "is not a regular file") in [
        (fault.file, fault.message) for fault in raised.value.faults
    ]


@pytest.mark.parametrize(
    "words",
    [["lint"], ["list"], ["show", "acme/disk/disk-full"], ["build"], ["validate", "x.json"]],
    ids=lambda words: words[0],
)
def test_every_command_tells_of_it(
    words: list[str], good_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is that of a broken registry, and the line names the file."""
    os.mkfifo(good_tree / "acme" / "_shared" / "pipe.json")
    assert main.main([*words, "--schemas", str(good_tree)]) == 3
    assert "_shared/pipe.json: is not a regular file" in capsys.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_that_is_no_file_is_a_finding(
    kind: str, good_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The registry can be used without its examples, so lint tells of it, and what shows examples passes it over."""
    KINDS[kind](good_tree / DISK_FULL / "examples" / "2.0.0" / "valid" / "a.json")
    assert main.main(["lint", "--schemas", str(good_tree)]) == 1
    assert "valid/a.json: is not a regular file [example-place]" in capsys.readouterr().out
    assert main.main(["show", "acme/disk/disk-full", "--schemas", str(good_tree)]) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("option", ["--config", "--baseline"])
def test_settings_and_baselines_are_regular_files(
    kind: str, option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command was used wrongly, and says so at once."""
    KINDS[kind](tmp_path / "file")
    assert main.main(["validate", "-", option, str(tmp_path / "file")]) == 2
    assert "cannot be read: it is no regular file" in capsys.readouterr().err


def test_a_file_of_manifest_or_model_is_not_read_through_a_link(tmp_path: Path) -> None:
    """Where links are not to be followed, they are no regular files."""
    (tmp_path / "file").write_bytes(b"x" * 10)
    (tmp_path / "link").symlink_to("file")
    assert (
        files.read_regular(tmp_path / "link"),
        files.read_regular(tmp_path / "file", 3, follow=False),
    ) == (b"x" * 10, b"xxx")
    with pytest.raises(files.NotRegular):
        files.read_regular(tmp_path / "link", follow=False)
