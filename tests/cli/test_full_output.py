"""Standard output that cannot be written to, as where a disk is full: one clear line, and an exit code that is not 0."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import pytest

from conftest import ROOT
from signalbook.cli import main

if TYPE_CHECKING:
    from pathlib import Path

TREE = str(ROOT / "tests" / "trees" / "good")
PAYLOAD = str(ROOT / "demo" / "jdcloud-state-change.json")
EVENT = "acme/disk/disk-full"
COMMANDS = [
    *(["--version"], ["--help"], ["validate", "--help"], ["generate", "types", "--help"]),
    *(["validate", "--format", form, PAYLOAD] for form in ("text", "json", "junit", "sarif", "github")),
    ["validate", "--summary", "--show", "none", PAYLOAD],
    *(["identify", "--format", form, PAYLOAD] for form in ("text", "json")),
    *(["list", "--format", form, "--schemas", TREE] for form in ("text", "json")),
    *(["show", EVENT, "--format", form, "--schemas", TREE] for form in ("text", "json", "schema")),
    *(["diff", EVENT, "--format", form, "--schemas", TREE] for form in ("text", "json", "markdown")),
    *(["sample", EVENT, "--format", form, "--schemas", TREE] for form in ("bytes", "described")),
    ["sample", EVENT, "--schemas", TREE, "--out", "OUT"],
    ["generate", "types", EVENT, "--style", "typeddict", "--schemas", TREE, "--out", "OUT"],
    ["lint", "--schemas", TREE],
    ["build", "--schemas", TREE, "--out", "", "--docs", "OUT"],
    ["build", "--schemas", TREE, "--out", "", "--docs", "OUT", "--check"],
]


def end(code: int) -> NoReturn:
    """Stand for the end of the process."""
    raise SystemExit(code)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")  # noqa: PTH110
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_output_that_cannot_be_written_is_told(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the command, and whether what it prints waits in a buffer or not."""
    threshold = gc.get_threshold()
    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(sys, "argv", ["signalbook", *(word.replace("OUT", str(tmp_path)) for word in words)])
    for buffering in (1, -1):
        full = open("/dev/full", "w", buffering, encoding="utf-8")  # noqa: SIM115, PTH123 - closing it fails too
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as ended:
            main.run()
        monkeypatch.undo()
        with suppress(OSError):  # what still waits in its buffer cannot be written either
            full.close()
        assert (ended.value.code, capsys.readouterr().err) == (
            2,
            "signalbook: output: No space left on device\n",
        )
        monkeypatch.setattr(os, "_exit", end)
        monkeypatch.setattr(
            sys, "argv", ["signalbook", *(word.replace("OUT", str(tmp_path)) for word in words)]
        )
    gc.set_threshold(*threshold)
