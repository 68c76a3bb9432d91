"""What is asked of whom: the commands of each comparison, and the targets that were set before anything was measured."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.validating.measuring import Subject
from benchmarks.validating.peers import HERE

if TYPE_CHECKING:
    from benchmarks.validating.peers import Peers
    from benchmarks.validating.plan import Plan

OURS = "signalbook validate"
IMPORTS = "python -c 'import orjson, jsonschema_rs'"
TWO = "signalbook validate --jobs 2"
_PARSING = "orjson, each line"
_SLICE = 2_000
_SIGNALBOOK = str(Path(sys.executable).with_name("signalbook"))


@dataclass(frozen=True)
class Target:
    """What was to be reached: the time of `of` is at most, or at least, `times` that of `than`. Without `than` it is the memory in MB, at most."""

    of: str
    than: str
    times: float
    at_least: bool


@dataclass
class Question:
    """A comparison: its title, who is measured, the targets, how many rounds, and a remark for the reader."""

    title: str
    subjects: list[Subject]
    targets: tuple[Target, ...]
    rounds: int
    remark: str = ""
    memory: bool = False


def questions(
    folder: Path, about: list[dict[str, Any]], plan: Plan, peers: Peers, rounds: int
) -> list[Question]:
    """Return every comparison, for inputs in a folder. A fast command is run more often than `rounds` says, a slow one as often."""
    cold = [_cold(folder, size, one, peers, 3 * rounds) for size, one in zip(plan.sizes, about, strict=True)]
    return [
        *cold,
        _folder(folder, plan, peers, rounds),
        _stream(folder, plan, peers, rounds),
        _broken(folder, plan, rounds),
        _large(folder),
    ]


def _cold(folder: Path, size: int, one: dict[str, Any], peers: Peers, rounds: int) -> Question:
    file, schema = str(folder / "single" / f"{size}.json"), str(folder / "single" / f"{size}.schema.json")
    own = [
        Subject(OURS, (_SIGNALBOOK, "validate", file)),
        Subject(IMPORTS, (sys.executable, "-c", "import orjson, jsonschema_rs")),
    ]
    targets = (
        Target(OURS, IMPORTS, 2.0, at_least=False),
        Target("check-jsonschema", OURS, 2.5, at_least=True),
    )
    title = f"One file of {one['bytes']:,} bytes, cold"
    told = (
        "the schema"
        if one["whole"]
        else "the schema of the outer envelope, and do not see the events in its text"
    )
    return Question(
        title,
        [*own, *_with_schema(peers, schema, [file])],
        targets,
        rounds,
        f"`{one['event']}`. Peers are told {told}.",
    )


def _folder(folder: Path, plan: Plan, peers: Peers, rounds: int) -> Question:
    alike, various = folder / "alike", folder / "various"
    files, schema = sorted(map(str, alike.glob("*.json"))), str(folder / "single" / "alike.schema.json")
    own = [
        Subject(OURS, (_SIGNALBOOK, "validate", *_brief(), str(alike))),
        Subject(f"{OURS}, files of all events", (_SIGNALBOOK, "validate", *_brief(), str(various))),
    ]
    remark = "All of one event in one envelope, because others take one schema a run; and, for signalbook alone, of all events."
    targets = (Target("check-jsonschema", OURS, 5.0, at_least=True),)
    return Question(
        f"A folder of {plan.files:,} files",
        [*own, *_with_schema(peers, schema, files)],
        targets,
        rounds,
        remark,
    )


def _with_schema(peers: Peers, schema: str, files: list[str]) -> list[Subject]:
    """Return the peers that check files with one schema."""
    python, instances = str(peers.python), [word for file in files for word in ("-i", file)]
    found = [
        Subject(
            "check-jsonschema",
            (str(peers.python.with_name("check-jsonschema")), "--schemafile", schema, *files),
        ),
        Subject("python -m jsonschema", (python, "-W", "ignore", "-m", "jsonschema", schema, *instances)),
        Subject(
            "fastjsonschema, a script",
            (python, str(HERE / "told.py"), "fastjsonschema", "files", schema, *files),
        ),
    ]
    if peers.node:
        found.append(
            Subject("ajv, a script", (str(peers.node), str(HERE / "told.mjs"), "files", schema, *files))
        )
    if peers.sourcemeta:
        found.append(
            Subject(
                "sourcemeta jsonschema --fast", (str(peers.sourcemeta), "validate", "--fast", schema, *files)
            )
        )
    return found


def _stream(folder: Path, plan: Plan, peers: Peers, rounds: int) -> Question:
    mixed = str(folder / "mixed.ndjson")
    own = [
        Subject(OURS, (_SIGNALBOOK, "validate", *_brief(), mixed)),
        Subject(_PARSING, (sys.executable, str(HERE / "parse_lines.py"), mixed)),
    ]
    targets = [Target(OURS, _PARSING, 5.0, at_least=False)]
    # "A loop over jsonschema" is both: as its documentation begins, and as one writes it who has looked where the time goes.
    targets += [
        Target(f"{loop}, told", OURS, 30.0, at_least=True) for loop in ("jsonschema.validate", "jsonschema")
    ]
    if knows("--jobs"):
        own.append(Subject(TWO, (_SIGNALBOOK, "validate", *_brief(), "--jobs", "2", mixed)))
        targets.append(Target(OURS, TWO, 1.7, at_least=True))
    remark = (
        "Loops are told which schemas each line is to be held against, and where in it: the loop alone, without start and compiling, "
        f"over {_SLICE:,} lines (jsonschema; {_SLICE // 20} with `validate`) or {plan.told:,} (the others), and scaled up."
    )
    return Question(
        f"A mixed stream of {plan.lines:,} payloads",
        [*own, *_told(folder, plan, peers)],
        tuple(targets),
        rounds,
        remark,
    )


def _told(folder: Path, plan: Plan, peers: Peers) -> list[Subject]:
    """Return the peers that are told the schema of each line."""
    words = ("lines", str(folder / "schemas"), str(folder / "told.ndjson"))
    found = []
    for library, count in (
        ("jsonschema", _SLICE),
        ("jsonschema.validate", _SLICE // 20),
        ("fastjsonschema", plan.told),
    ):
        loop = (str(peers.python), str(HERE / "told.py"), library, *words, str(count))
        found.append(Subject(f"{library}, told", loop, loop=True, scale=plan.lines / count))
    if peers.node:
        command = (str(peers.node), str(HERE / "told.mjs"), *words, str(plan.told))
        found.append(Subject("ajv, told", command, loop=True, scale=plan.lines / plan.told))
    return found


def _broken(folder: Path, plan: Plan, rounds: int) -> Question:
    sound, broken = (
        Subject(
            f"{OURS}, {words}",
            (_SIGNALBOOK, "validate", *_brief(), str(folder / f"{name}.ndjson")),
            codes=(0, 1),
        )
        for name, words in (("mixed", "all sound"), ("broken", "2 % with a fault"))
    )
    return Question(f"The same stream of {plan.lines:,} payloads with faults", [sound, broken], (), rounds)


def _large(folder: Path) -> Question:
    large = str(folder / "large.ndjson")
    size = (folder / "large.ndjson").stat().st_size
    own = [Subject(OURS, (_SIGNALBOOK, "validate", *_brief(), large))]
    if knows("--jobs"):
        own.append(Subject(TWO, (_SIGNALBOOK, "validate", *_brief(), "--jobs", "2", large)))
    targets = tuple(Target(one.name, "", 120.0, at_least=False) for one in own)
    remark = "Of several processes the peaks are added, though they share some of that memory."
    return Question(f"Memory on a stream of {size / 1e9:.2g} GB", own, targets, 1, remark, memory=True)


@cache
def knows(option: str) -> bool:
    """Whether `signalbook validate` has an option."""
    done = subprocess.run(  # noqa: S603 - our own command
        (_SIGNALBOOK, "validate", "--help"), check=True, capture_output=True, text=True, timeout=60
    )
    return option in done.stdout


def _brief() -> tuple[str, ...]:
    """Return the options with which sound payloads are counted and not listed."""
    return ("--show", "findings", "--summary") if knows("--show") else ()
