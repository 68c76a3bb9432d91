"""Run the benchmark and print what it found, in Markdown: `python -m benchmarks.validating`, from the root of the repository."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.validating.measuring import in_turns
from benchmarks.validating.peers import CACHE, ROOT, installed
from benchmarks.validating.plan import FULL, QUICK
from benchmarks.validating.questions import OURS, questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.validating.measuring import Subject
    from benchmarks.validating.peers import Peers
    from benchmarks.validating.questions import Question, Target


def main() -> int:
    """Make the inputs, measure, and print the tables. Return 1 where a command did not do its work."""
    options = _options()
    peers = installed(options.cache)
    inputs = options.cache / ("inputs-quick" if options.quick else "inputs")
    # Made by a process of its own, so that this one stays small: what it starts would begin with its memory, and that counts as theirs.
    if not options.reuse or not (inputs / "about.json").exists():
        words = (
            sys.executable,
            "-m",
            "benchmarks.validating.inputs",
            str(inputs),
            "--all",
            "quick" if options.quick else "full",
        )
        subprocess.run(words, check=True, cwd=ROOT)  # noqa: S603 - our own words
    about = json.loads((inputs / "about.json").read_text("utf-8"))
    print("\n".join(_facts(peers)), flush=True)
    failed = False
    for question in questions(
        inputs, about, QUICK if options.quick else FULL, peers, 1 if options.quick else options.rounds
    ):
        if options.only in question.title:
            in_turns(
                question.subjects,
                question.rounds,
                {"PEERS": str(peers.packages), "NO_COLOR": "1"},
                memory=question.memory,
            )
            print("\n".join(["", *_told(question)]), flush=True)
            failed = failed or any(subject.fault for subject in question.subjects)
    return int(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.validating",
        description="Validate the same payloads with signalbook and with its peers.",
    )
    parser.add_argument(
        "--quick", action="store_true", help="small inputs and one round: to see that everything runs"
    )
    parser.add_argument(
        "--only",
        default="",
        help="only comparisons with this in their title, as cold, folder, stream, Memory",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=3,
        help="how often each is run, in turns; a single file three times as often (default: 3)",
    )
    parser.add_argument(
        "--reuse", action="store_true", help="take the inputs of the last run, where there are any"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=CACHE,
        help="where peers and inputs are kept: 2 GB (default: benchmarks/.venv/validating)",
    )
    return parser.parse_args()


def _facts(peers: Peers) -> Iterator[str]:
    versions = {
        "signalbook": metadata.version("signalbook"),
        "jsonschema-rs": metadata.version("jsonschema-rs"),
    } | peers.versions()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {_processor()}, {cores} cores."
    yield ", ".join(f"{name} {version}" for name, version in versions.items()) + "."


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text("utf-8").splitlines() if facts.exists() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.processor() or "unknown processor",
    )


def _told(question: Question) -> Iterator[str]:
    """Yield the section of a comparison: a table of what was measured, and the targets."""
    yield f"### {question.title}"
    yield ""
    if question.remark:
        yield from (question.remark, "")
    yield f"| what | median of {question.rounds}, s | from – to | beside signalbook |{' memory, MB |' if question.memory else ''}"
    yield f"| --- | --: | --: | --: |{' --: |' if question.memory else ''}"
    ours = next(
        (
            subject.median
            for subject in question.subjects
            if subject.name.startswith(OURS) and subject.seconds
        ),
        0.0,
    )
    yield from (_row(subject, ours, memory=question.memory) for subject in question.subjects)
    named = {subject.name: subject for subject in question.subjects if subject.seconds}
    reached = [
        _reached(target, named)
        for target in question.targets
        if {target.of, target.than or target.of} <= set(named)
    ]
    if reached:
        yield from ("", "| target | reached | |", "| --- | --: | --- |", *reached)


def _row(subject: Subject, ours: float, *, memory: bool) -> str:
    if not subject.seconds:
        return f"| {subject.name} | – | {subject.fault.replace(chr(10), ' ')} | |{' |' if memory else ''}"
    times = f"{min(subject.seconds):.3f} – {max(subject.seconds):.3f}"
    return f"| {subject.name} | {subject.median:.3f} | {times} | {subject.median / ours:.2f} × |{f' {subject.peak:.0f} |' if memory else ''}"


def _reached(target: Target, named: dict[str, Subject]) -> str:
    words = "at least" if target.at_least else "at most"
    if not target.than:
        found = named[target.of].peak
        return f"| {target.of}: {words} {target.times:g} MB | {found:.0f} MB | {_met(target, found)} |"
    found = named[target.of].median / named[target.than].median
    return (
        f"| {target.of}: {words} {target.times:g} × {target.than} | {found:.2f} × | {_met(target, found)} |"
    )


def _met(target: Target, found: float) -> str:
    met = found >= target.times if target.at_least else found <= target.times
    return "met" if met else f"missed by {abs(found / target.times - 1):.0%}"


if __name__ == "__main__":
    sys.exit(main())
