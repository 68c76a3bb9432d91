"""Text from outside, in every message of every command: names of files and folders, the texts of a registry, payloads, and the words of the command line.

Nothing of it is raw: no control sequence reaches a terminal, no line begins with text from outside, and no CI system finds a command.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from conftest import GOOD
from signalbook import ParseError, Registry, parse, terminal
from signalbook.cli import main
from signalbook.codegen import packages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = "x\x1b[31m\n::error::x\n##[error]y\r##vso[task.x]y\x9b2J\x07\u202e\u2066\u200bz\u2028\n  forged"
"""Escape sequences, line ends with workflow commands behind them, C1 controls, marks that turn the direction of text, and a line that pretends."""
NAME = f"{TEXT}\udcff"
"""The same as a name of a file, which need not be UTF-8."""
FREE = {
    "summary",
    "sent",
    "note",
    "description",
    "en",
    "zh",
    "edition",
    "x-zone",
    "x-unit",
    "x-note",
    "title",
}
"""The keys of a registry below which anybody may write what they like."""
NAMES = {"Disk.Full", "Disk.Resized", "SnapshotFailed", "reason", "quota", "used"}
EVENT, ENVELOPE = "acme/disk/disk-full", "acme/webhook"

Run = "Callable[..., str]"


def poisoned(value: Any, key: str = "") -> Any:
    """Return a document of a registry with hostile text wherever text is free, and in the provider's names and values."""
    if isinstance(value, dict):
        return {
            (f"{name}{TEXT}" if name in NAMES else name): poisoned(one, name) for name, one in value.items()
        }
    if isinstance(value, list):
        return [poisoned(one, key) for one in value]
    if not isinstance(value, str):
        return value
    if value.startswith("{"):  # JSON text in a string
        return json.dumps(poisoned(json.loads(value)))
    value = value.replace("[A-Za-z.]+", "[^|]+")
    return f"{value}{TEXT}" if key in FREE or value.split(" ")[-1] in NAMES else value


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A registry of which every text is hostile, in a folder whose name is."""
    root = tmp_path / NAME
    for file in GOOD.rglob("*.json"):
        copy = root / file.relative_to(GOOD)
        copy.parent.mkdir(parents=True, exist_ok=True)
        data = file.read_bytes()
        copy.write_bytes(
            data if copy.parent.name == "unreadable" else json.dumps(poisoned(json.loads(data))).encode()
        )
    return root


@pytest.fixture
def run(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., str]:
    """Call the command, check what it says, and return its standard output."""
    monkeypatch.chdir(tmp_path)

    def called(code: int, *words: object) -> str:
        try:
            ended: Any = main.main([str(word) for word in words])
        except SystemExit as end:
            ended = end.code
        found = capsysbinary.readouterr()
        out, err = found.out.decode(), found.err.decode()
        assert (ended, "Traceback" in err) == (code, False), err
        assert_harmless(out, is_github="github" in words)
        assert_harmless(err)
        return out or err

    return called


def assert_harmless(text: str, *, is_github: bool = False) -> None:
    """Check that text steers nothing, and that no line of it was begun by text from outside."""
    for line in text.split("\n"):
        assert line.isprintable()
        assert "##[" not in line
        assert "##vso[" not in line
        begin = line.lstrip()
        assert not begin.startswith("forged")
        assert not begin.startswith("::") or (
            is_github and begin.startswith(("::error file=", "::warning file=", "::notice file="))
        )


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_a_registry_holds(form: str, tree: Path, run: Callable[..., str]) -> None:
    """`list` and `show` tell hostile texts of a registry without harm, and JSON holds them as they are."""
    chosen = ("--schemas", tree, "--format", form)
    told = [
        run(0, "list", *chosen),
        run(0, "list", "Disk", *chosen),
        run(0, "show", EVENT, *chosen),
        run(0, "show", f"{EVENT}@1.0.0", *chosen),
    ]
    told += [run(0, "show", ENVELOPE, *chosen)]
    assert all("\\x1b[31m" in text for text in told) or form == "json"
    if form == "json":
        assert json.loads(told[2])["summary"].endswith(TEXT)
        assert json.loads(told[4])["title"].endswith(TEXT)
    else:
        assert "\\x1b[31m" in run(0, "show", f"Disk.Resized{TEXT}", *chosen)


def test_what_a_schema_holds(tree: Path, run: Callable[..., str]) -> None:
    """A bundle that is printed holds hostile texts as they are, and harms nobody."""
    assert json.loads(run(0, "show", EVENT, "--schemas", tree, "--format", "schema"))["title"].endswith(TEXT)


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_comparing(form: str, tree: Path, tmp_path: Path, run: Callable[..., str]) -> None:
    """`diff` tells versions and files with hostile names and texts without harm."""
    old, new = tmp_path / f"{NAME}.old.json", tmp_path / f"{NAME}.new.json"
    old.write_text(json.dumps({"properties": {TEXT: {"enum": [TEXT, 1]}}}), "utf-8")
    new.write_text(json.dumps({"properties": {TEXT: {"enum": [TEXT]}}, "required": [TEXT]}), "utf-8")
    found = run(1, "diff", old, new, "--format", form, "--require", "full", "--seconds", "1")
    if form == "json":
        assert any(TEXT in change["path"] for change in json.loads(found)["changes"])
    run(0, "diff", EVENT, "--schemas", tree, "--format", form, "--seconds", "1")
    new.write_text("{", "utf-8")
    run(2, "diff", old, new)
    run(2, "diff", old, tmp_path / f"{NAME}.none.json")


@pytest.mark.parametrize("form", ["text", "json", "github", "junit", "sarif"])
def test_payloads(form: str, tree: Path, tmp_path: Path, run: Callable[..., str]) -> None:
    """`validate` and `identify` tell payloads with hostile names, fields and values, of a hostile registry, without harm; so do files of reports."""
    payloads = tmp_path / f"in{NAME}"
    payloads.mkdir()
    for number, file in enumerate(sorted(tree.glob("acme/disk/*/examples/*/*/*.json"))):
        (payloads / f"{number}{NAME}.json").write_bytes(file.read_bytes())
    (payloads / f"{NAME}.ndjson").write_text(f"{json.dumps({'event': TEXT, TEXT: TEXT})}\n{TEXT}\n", "utf-8")
    run(
        1,
        "validate",
        payloads,
        "--schemas",
        tree,
        "--format",
        form,
        "--summary",
        "--report",
        f"{form}=report",
    )
    assert_harmless((tmp_path / "report").read_text("utf-8"), is_github=form == "github")
    if form in ("text", "json"):
        run(1, "identify", payloads, "--schemas", tree, "--format", form)


def test_settings(tmp_path: Path, run: Callable[..., str]) -> None:
    """Faults of a configuration and of a baseline, and notes on ignores, hold hostile names and texts without harm."""
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / "p.json").write_text("{}", "utf-8")
    config = folder / "signalbook.toml"
    ignore = {"rule": "type", "until": "2001-01-01", "reason": TEXT}
    config.write_text(
        "[[ignore]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in ignore.items()), "utf-8"
    )
    run(1, "validate", folder / "p.json", "--config", config)
    config.write_text(f"{json.dumps(TEXT)} = {json.dumps(TEXT)}\nlevel = {json.dumps(TEXT)}\n", "utf-8")
    run(2, "validate", folder / "p.json", "--config", config)
    config.write_text("level = [", "utf-8")
    run(2, "validate", folder / "p.json", "--config", config)
    run(2, "validate", folder / "p.json", "--baseline", config)
    run(0, "validate", folder / "p.json", "--no-config", "--write-baseline", folder / "b.json")
    run(2, "validate", folder / "p.json", "--no-config", "--report", f"json={folder}")
    run(
        2,
        "validate",
        folder / "p.json",
        "--no-config",
        "--report",
        f"json={folder / 'r'}",
        "--report",
        f"text={folder / 'r'}",
    )


@pytest.mark.parametrize("form", ["json", "described"])
def test_samples(form: str, tree: Path, tmp_path: Path, run: Callable[..., str]) -> None:
    """`sample` makes, writes and sends payloads of a hostile registry, and complains of hostile words, without harm."""
    known = ("--schemas", tree)
    run(0, "sample", EVENT, *known, "--format", form, "-n", 2)
    if form == "described":
        return
    run(0, "sample", EVENT, *known, "--set", f"/data/event{TEXT}={TEXT}")
    run(2, "sample", EVENT, *known, "--set", f"/{TEXT}/{TEXT}=1")
    run(2, "sample", EVENT, *known, "--set", NAME)
    run(0, "sample", EVENT, *known, "--out", tmp_path / f"out{NAME}")
    next((tmp_path / f"out{NAME}").iterdir()).write_text("mine", "utf-8")
    run(2, "sample", EVENT, *known, "--out", tmp_path / f"out{NAME}")
    run(2, "sample", EVENT, *known, "--send", f"http://{TEXT}")
    run(2, "sample", EVENT, *known, "--send", "http://127.0.0.1:9", "--header", TEXT)
    run(1, "sample", EVENT, *known, "--send", "http://127.0.0.1:9")


def test_writing_code(tree: Path, tmp_path: Path, run: Callable[..., str]) -> None:
    """`generate` tells hostile folders, and what is out of date in them, without harm."""
    out = tmp_path / f"types{NAME}"
    types = ("generate", "types", EVENT, "--schemas", tree, "--out", out, "--style", "typeddict")
    run(1, *types, "--check")
    run(0, *types)
    run(0, *types, "--check")
    for file in out.rglob("*.py"):
        # What does not say that it is ours would be refused.
        file.write_text(f"# {packages.MARK}\n{TEXT}\n", "utf-8")
    run(1, *types, "--check")
    run(1, *types, "--diff")
    (out / ".signalbook.json").write_text("{}", "utf-8")
    run(2, *types)
    (tmp_path / "shop.py").write_text("def handle(payload): ...\n", "utf-8")
    tests = ("generate", "tests", EVENT, "--handler", "shop:handle", "--out", tmp_path / f"tests{NAME}")
    run(2, *tests, "--handler", f"shop:{TEXT}")
    run(2, *tests, "--handler", "shop:nothing")
    run(0, *tests, "--schemas", tree)
    compile(next((tmp_path / f"tests{NAME}").iterdir()).read_bytes(), "tests", "exec")


def test_keeping_a_registry(tree: Path, tmp_path: Path, run: Callable[..., str]) -> None:
    """`lint` and `build` tell hostile names and texts without harm."""
    assert "\\x1b[31m" in run(1, "lint", "--schemas", tree)
    run(1, "lint", "--schemas", tree, "--fix")
    places = ("--schemas", tree, "--out", "", "--docs", tmp_path / f"docs{NAME}")
    run(0, "build", *places)
    page = next((tmp_path / f"docs{NAME}").rglob("*.md"))
    page.write_text(f"<!-- Generated by 'signalbook build' -->\n{TEXT}\n", "utf-8")
    run(1, "build", *places, "--check")
    run(1, "build", *places, "--diff")
    (tmp_path / f"docs{NAME}" / ".signalbook.json").write_text('{"files": []}', "utf-8")
    page.write_text("mine", "utf-8")
    run(2, "build", *places)


@pytest.mark.parametrize(
    "words",
    [
        *(
            ("list",),
            ("lint",),
            ("show", EVENT),
            ("validate", "--no-config", "-"),
            ("identify", "-"),
            ("diff", EVENT),
            ("sample", EVENT),
        ),
        *(("generate", "types", EVENT, "--out", "o"), ("build", "--out", "o", "--docs", "")),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    "name",
    [
        f"acme/disk/st{NAME}/event.json",
        f"acme/{NAME}/x/1.0.0.json",
        f"{NAME}.json",
        f"acme/_shared/{NAME}.json",
    ],
    ids=["event", "service", "no place", "shared"],
)
def test_names_of_a_broken_registry(
    name: str, words: tuple[str, ...], tree: Path, run: Callable[..., str]
) -> None:
    """Faults of a registry name its files and folders without harm, whichever command meets them."""
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text("{", "utf-8")
    assert "forged" in run(3, *words, "--schemas", tree)


@pytest.mark.parametrize(
    "words",
    [
        *(
            (NAME,),
            ("validate", "--level", NAME, "x"),
            ("validate", "x", f"--{NAME.replace(' ', '')}"),
            ("list", "x", NAME),
            ("show", NAME),
            ("validate", "--at", NAME, "x"),
        ),
        *(
            ("validate", "--report", NAME, "x"),
            ("validate", "--event", NAME, "-"),
            ("list", "--provider", NAME),
            ("list", "--service", NAME),
        ),
        *(
            ("sample", NAME),
            ("sample", EVENT, "-n", NAME),
            ("diff", NAME, "1.0.0", "2.0.0"),
            ("diff", "a", NAME, "b", "c"),
            ("generate", NAME),
        ),
        *(
            ("generate", "types", NAME, "--out", "o"),
            ("show", "jdcloud/vm/state-change", "--format", "schema", "--envelope", NAME),
            ("lint", NAME),
        ),
    ],
    ids=lambda words: " ".join(word.replace(NAME, "x") for word in words),
)
def test_words_of_the_command_line(words: tuple[str, ...], run: Callable[..., str]) -> None:
    """What is wrong with the words of the command line is told without harm."""
    run(2, *words)


def test_the_plugin_of_pytest(tmp_path: Path, tree: Path) -> None:
    """The tests that the plugin makes of payload files, and its report of handlers, name files, fields and values without harm."""
    payloads = tmp_path / "in"
    payloads.mkdir()
    (payloads / f"{NAME}.json").write_text(json.dumps({"event": f"Disk.Full{TEXT}", TEXT: TEXT}), "utf-8")
    (tmp_path / "test_it.py").write_text(
        f"import signalbook\nR = signalbook.Registry.load({os.fsencode(tree)!r}.decode('utf-8', 'surrogateescape'))\n"
        f"@signalbook.contract({EVENT!r}, registry=R)\ndef test_handler(payload: dict):\n    payload['data']['none']\n",
        "utf-8",
    )
    words = [
        "--signalbook",
        str(payloads),
        "--signalbook-schemas",
        str(tree),
        "--signalbook-report",
        "text",
        "--signalbook-report",
        "json",
    ]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-vv",
        "--tb",
        "short",
        "--color",
        "no",
        *words,
        "test_it.py",
    ]
    done = subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, check=False, timeout=120)
    told = done.stdout.decode()
    assert (done.returncode, "what the handlers met" in told, f"{terminal.safe(NAME)}.json" in told) == (
        1,
        True,
        True,
    ), told
    ours = told.partition("what the handlers met")[2] + "".join(
        line for line in told.splitlines(keepends=True) if terminal.safe("\x1b[31m") in line
    )
    assert_harmless(ours)
    assert "\x1b" not in told


def test_an_error_that_a_handler_raises() -> None:
    """What `parse` raises can be written to a log as it is: names and values of the payload steer nothing there."""
    with pytest.raises(ParseError) as caught:
        parse(
            {"eventAction": TEXT, "eventTime": TEXT, "instanceId": "i-1", TEXT: TEXT},
            registry=Registry.load(),
        )
    assert_harmless(str(caught.value))
