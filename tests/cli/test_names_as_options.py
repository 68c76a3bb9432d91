"""Names of files that read as options, and words that a shell would run: neither takes effect, in no hook, no action and no command that is printed."""

from __future__ import annotations

import html
import re
import shlex
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT
from manual import DOCS, load_yaml
from signalbook import Registry
from signalbook.cli import generate, main
from signalbook.cli.arguments import parser
from signalbook.site import builder

if TYPE_CHECKING:
    from pathlib import Path

NAME = "--write-baseline=x/payloads/b.json"
HOOK = next(
    one
    for one in load_yaml((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    if one["id"] == "signalbook-validate"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a broken payload, in a file whose path reads as an option that would let it pass."""
    for name in (NAME, "x/payloads/broken.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(words: list[str]) -> int:
    """Call the command and return its exit code, also for words that it refuses."""
    try:
        return main.main(words)
    except SystemExit as end:
        return int(str(end.code))


def test_the_hook_takes_names_for_paths(project: Path) -> None:
    """Whatever a file is called, the hook checks it; so it does with the options that the page shows, and nothing is written."""
    shown = re.search(r"args: \[(.*?)\]", (DOCS / "how-to" / "validate-in-ci.md").read_text("utf-8"))
    assert shown
    for args in (HOOK["args"], shown[1].split(", ")):
        _, *words = shlex.split(HOOK["entry"])
        assert called([*words, *args, NAME, "x/payloads/broken.json"]) == 1
    assert not (project / "x/payloads/b.json").exists()


@pytest.mark.parametrize("command", ["validate", "identify"])
def test_what_reads_as_both_is_refused(
    command: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a word is an option and the name of a file, as in `signalbook validate *`, the command says how to tell which, and does nothing."""
    assert called([command, NAME, "x/payloads/broken.json"]) == 2
    assert (
        f"'{NAME}' is an option, but a file with that name exists: write -- before the paths"
        in capsys.readouterr().err
    )
    assert not (project / "x/payloads/b.json").exists()
    assert called([command, f"./{NAME}"]) == 1
    assert called([command, "--", NAME]) == 1


def test_the_action_ends_options_before_paths() -> None:
    """The action hands paths over behind `--`, and every value of an option in one word with it or as the word behind `--report`."""
    script = next(
        step["run"]
        for step in load_yaml((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
        if step.get("id") == "validate"
    )
    assert script.index("words+=(--)") < script.index('lines "$WITH_PATHS"')
    assert 'words+=("$1=$2")' in script


def test_pages_quote_what_a_registry_calls_an_event(good_tree: Path) -> None:
    """The commands on the pages of a registry are commands, whatever its folders are called."""
    (good_tree / "acme/disk/disk-full").rename(good_tree / "acme/disk/$(id)")
    for file in (good_tree / "acme/disk/$(id)").glob("[0-9]*.json"):
        file.write_text(file.read_text("utf-8").replace("acme/disk/disk-full", "acme/disk/$(id)"), "utf-8")
    made = builder.site_files(Registry.load(good_tree), parser())
    lines = [
        line for data in made.values() for line in html.unescape(data.decode("utf-8", "ignore")).splitlines()
    ]
    commands = [
        line
        for line in lines
        if re.search(r"signalbook (validate|show|sample|generate|diff) .*\$\(id\)", line)
    ]
    assert len(commands) > 5
    assert not [line for line in commands if "acme/disk/$(id)" in line.replace("'acme/disk/$(id)'", "")]


def test_printed_commands_are_read_as_they_are_meant() -> None:
    """A command that we print is read by a shell as the words that it was made of."""
    odd = ["a b", "$(id)", "it's", "x;y", "-x"]
    command = generate.command("generate types", ["acme/$(id)"], style=["pydantic"], out=odd, schemas=[None])
    values = [word for value in odd for word in ([f"--out={value}"] if value == "-x" else ["--out", value])]
    assert shlex.split(command) == [
        "signalbook",
        "generate",
        "types",
        "acme/$(id)",
        "--style",
        "pydantic",
        *values,
    ]
    plain = generate.command(
        "generate types", ["acme/disk/disk-full@1.0.0"], out=["app/events"], schemas=["my-schemas"]
    )
    assert (
        plain == "signalbook generate types acme/disk/disk-full@1.0.0 --out app/events --schemas my-schemas"
    )
