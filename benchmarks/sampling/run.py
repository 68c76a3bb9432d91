"""Run the benchmark and print what it found, in Markdown: `python -m benchmarks.sampling.run`, from the root of the repository."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from dataclasses import dataclass, field
from importlib import metadata
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks.sampling.makers import makers
from signalbook import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.sampling.makers import Maker
    from signalbook.registry import Contract

EVENTS = (
    "alibaba/ecs/instance-state-change",
    "alibaba/ecs/disk-stalled",
    "alibaba/ecs/cloud-assistant-task-completed",
    "huawei/config/resource-changed",
    "huawei/cts/trace",
    "huawei/workspace/start-desktops",
    "jdcloud/vm/state-change",
    "jdcloud/vm/system-failure-reboot",
)
_LIBRARIES = ("hypothesis", "hypothesis-jsonschema", "jsonschema", "jsonschema-rs")


@dataclass
class Score:
    """What one maker did for one contract: its values, the seconds they took, and why it stopped, where it did."""

    maker: Maker
    values: list[Any] = field(default_factory=list)
    seconds: float = 0.0
    note: str = ""
    batch: Callable[[int, int, float], list[Any]] | None = None

    @property
    def rate(self) -> float:
        """Values in a second."""
        return len(self.values) / self.seconds if self.seconds else 0.0

    def go_on(self, number: int, count: int, limit: float) -> None:
        """Make one more batch, unless the time is over or making failed. What it needs at the start counts."""
        if self.note or self.seconds >= limit:
            return
        start = perf_counter()
        try:
            self.batch = self.batch or self.maker.start()
            self.values += self.batch(number, count, limit - self.seconds)
        except Exception as error:  # noqa: BLE001 - whatever a maker raises is its result
            self.note = f"{type(error).__name__}: {error}".splitlines()[0][:80]
        self.seconds += perf_counter() - start


def main() -> int:
    """Measure, and print the table. Return 1 where one of our payloads is invalid or not recognised."""
    options = _options()
    registry = Registry.load()
    print("\n".join(_versions(options)), end="\n\n")
    print(
        "| contract | made by | of what | values | a second | invalid | not recognised | signalbook.strategies is faster by |"
    )
    print("| --- | --- | --- | --: | --: | --: | --: | --: |")
    wrong = 0
    for event in (event for event in EVENTS if options.only in event):
        contract = registry.contract(event)
        scores = measured(registry, contract, options)
        print("\n".join(rows(contract, scores)), flush=True)
        wrong += sum(sum(_counts(score)) for score in scores if score.maker.name.startswith("signalbook"))
    return int(bool(wrong))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Make payloads with signalbook and with hypothesis-jsonschema, and compare."
    )
    parser.add_argument("--only", default="", help="only events with this in their id")
    parser.add_argument("--rounds", type=int, default=10, help="how many batches each makes, in turns")
    parser.add_argument("--count", type=int, default=100, help="how many values a batch has")
    parser.add_argument(
        "--seconds",
        type=float,
        default=20.0,
        help="how long one may take for a contract; it is looked at between two values",
    )
    return parser.parse_args()


def measured(registry: Registry, contract: Contract, options: argparse.Namespace) -> list[Score]:
    """Let every maker make its batches, in turns, so that what else the machine does meets all of them."""
    scores = [Score(maker) for maker in makers(registry, contract)]
    for number in range(options.rounds):
        for score in scores:
            score.go_on(number, options.count, options.seconds)
    return scores


def rows(contract: Contract, scores: list[Score]) -> Iterator[str]:
    """Yield the lines of the table for one contract."""
    ours = next(score.rate for score in scores if score.maker.name == "signalbook.strategies")
    for score in scores:
        invalid, unknown = _counts(score)
        compared = (
            f"{ours / score.rate:.1f} ×"
            if score.rate and not score.maker.name.startswith("signalbook")
            else ""
        )
        values = f"{len(score.values)}{f' ({score.note})' if score.note else ''}"
        known = str(unknown) if score.maker.is_known else "–"
        yield f"| {contract} | {score.maker.name} | {score.maker.makes} | {values} | {score.rate:.1f} | {invalid} | {known} | {compared} |"


def _counts(score: Score) -> tuple[int, int]:
    maker = score.maker
    known = maker.is_known
    return sum(not maker.is_valid(value) for value in score.values), sum(
        not known(value) for value in score.values
    ) if known else 0


def _versions(options: argparse.Namespace) -> Iterator[str]:
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES)
    yield f"{options.rounds} × {options.count} values, at most {options.seconds:g} s for each contract and maker."
    yield f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors; {libraries}."


if __name__ == "__main__":
    sys.exit(main())
