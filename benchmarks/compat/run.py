"""Run the benchmark and print what it found, in Markdown: `python -m benchmarks.compat.run`, from the root of the repository."""

from __future__ import annotations

import argparse
import platform
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from importlib import metadata
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.compat import peers, truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.compat.peers import Answer, Tool
    from benchmarks.compat.truth import Case

Asked = dict[tuple[str, str, str], "Answer"]
"""What each tool said: by the tool's name, the case's and the direction."""

_COLUMNS = ("right", "missed", "false alarm", "error", "no answer", "undecided")
_HEADINGS = {
    "missed": "said compatible, is not",
    "false alarm": "said not compatible, is",
    "error": "raised an error",
    "no answer": "did not answer in time",
    "undecided": "said that it does not know",
}


def main() -> int:
    """Check the cases, ask the tools, and print the tables. Return 1 where a case is refuted, or signalbook is wrong."""
    options = _options()
    cases = [case for case in truth.cases() if options.only in case.name]
    if found := [] if options.skip_truth else _faults(cases, options.jobs):
        print("\n".join(["The truth of these cases does not hold:", *found]), file=sys.stderr)
        return 1
    tools = [tool for tool in peers.tools() if options.tool in ("", tool.name)]
    asked = _ask(tools, cases, options.seconds, options.jobs)
    print(
        "\n".join(
            [
                *_versions(tools, cases, options.seconds),
                "",
                *_table(tools, cases, asked),
                "",
                *_wrong(tools, cases, asked),
            ]
        )
    )
    wrong = Counter(
        _outcome(case, way, asked["signalbook", case.name, way])
        for case in cases
        for way in truth.DIRECTIONS
        if ("signalbook", case.name, way) in asked
    )
    return int(bool(wrong["missed"] + wrong["false alarm"] + wrong["error"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Ask signalbook and its peers which changes of JSON Schemas are compatible."
    )
    parser.add_argument("--only", default="", help="only cases with this in their name")
    parser.add_argument("--tool", default="", help="only this tool")
    parser.add_argument(
        "--seconds", type=float, default=10.0, help="how long a tool may take for one direction of a case"
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many questions are asked at a time")
    parser.add_argument("--skip-truth", action="store_true", help="do not check the cases first")
    return parser.parse_args()


def _faults(cases: list[Case], jobs: int) -> list[str]:
    with ProcessPoolExecutor(jobs) as pool:
        return [fault for found in pool.map(truth.faults, cases) for fault in found]


def _ask(tools: list[Tool], cases: list[Case], seconds: float, jobs: int) -> Asked:
    """Ask tool by tool, so that a slow one does not take another's time."""
    out: Asked = {}
    questions = [(case, way) for case in cases for way in truth.DIRECTIONS]
    for tool in tools:
        with ThreadPoolExecutor(jobs) as pool:
            futures = [pool.submit(peers.ask, tool, case, way, seconds) for case, way in questions]
            answers = [future.result() for future in futures]
        out |= {
            (tool.name, case.name, way): answer
            for (case, way), answer in zip(questions, answers, strict=True)
        }
    return out


def _outcome(case: Case, way: str, answer: Answer) -> str:
    if answer.said in ("compatible", "incompatible"):
        right = case.compatible[way] == (answer.said == "compatible")
        return "right" if right else "missed" if answer.said == "compatible" else "false alarm"
    return "no answer" if answer.said == "nothing" else answer.said


def _versions(tools: list[Tool], cases: list[Case], seconds: float) -> Iterator[str]:
    compatible = {way: sum(case.compatible[way] for case in cases) for way in truth.DIRECTIONS}
    yield f"{len(cases)} cases; {compatible['backward']} are backward and {compatible['forward']} forward compatible. At most {seconds:g} s for an answer."
    yield ""
    own = f"Python {platform.python_version()}, Node.js {peers.node_version()}, reference engine jsonschema {metadata.version('jsonschema')}"
    yield (
        f"{own}, second engine jsonschema-rs {metadata.version('jsonschema-rs')}; "
        + ", ".join(f"{tool.name} {tool.version}" for tool in tools)
        + "."
    )


def _table(tools: list[Tool], cases: list[Case], asked: Asked) -> Iterator[str]:
    yield f"| tool | direction | {' | '.join(_COLUMNS)} | seconds in all | median, ms |"
    yield "| --- | --- |" + " --: |" * (len(_COLUMNS) + 2)
    for tool in tools:
        for way in truth.DIRECTIONS:
            answers = {case.name: asked[tool.name, case.name, way] for case in cases}
            count = Counter(_outcome(case, way, answers[case.name]) for case in cases)
            seconds = [answer.seconds for answer in answers.values()]
            numbers = " | ".join(str(count[column]) for column in _COLUMNS)
            yield f"| {tool.name} | {way} | {numbers} | {sum(seconds):.1f} | {median(seconds) * 1000:.1f} |"


def _wrong(tools: list[Tool], cases: list[Case], asked: Asked) -> Iterator[str]:
    for tool in tools:
        yield f"### {tool.name}\n"
        for outcome, words in _HEADINGS.items():
            found = [
                (case, way)
                for case in cases
                for way in truth.DIRECTIONS
                if _outcome(case, way, asked[tool.name, case.name, way]) == outcome
            ]
            if found:
                names = Counter(case.name for case, _ in found)
                ways = {case.name: way for case, way in found}
                yield f"- {outcome} ({words}), {len(found)}: " + ", ".join(
                    f"`{name}`" if count > 1 else f"`{name}` ({ways[name]})" for name, count in names.items()
                )
        yield ""


if __name__ == "__main__":
    sys.exit(main())
