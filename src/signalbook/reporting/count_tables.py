"""Formats the tables of `--summary`: counts by event and version, and by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.reporting.renderer import STATUSES, counted
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.reporting.counts import Tally


def tables(tally: Tally) -> Iterator[str]:
    """Yield the lines of two tables, each followed by an empty line: payloads by event, version and status; findings by rule. Skips empty tables."""
    statuses = [status for status in STATUSES if any(key[2] == status for key in tally.events)]
    if statuses:
        yield from _aligned([("event", "version", *statuses), *_events(tally, statuses)], words=2)
    if tally.rules:
        rows = sorted(tally.rules.items(), key=lambda row: (-row[1], row[0]))
        yield from _aligned(
            [
                ("rule", "severity", "findings"),
                *((safe(rule), severity, str(count)) for (rule, severity), count in rows),
            ],
            words=2,
        )
    if tally.files:
        yield f"{counted(tally.files, 'file')}\n"


def _events(tally: Tally, statuses: list[str]) -> Iterator[tuple[str, ...]]:
    # Events that are not in the catalogue come last.
    for event, version in sorted(
        {key[:2] for key in tally.events}, key=lambda key: (key[0] is None, key[0] or "", key[1] or "")
    ):
        yield (
            safe(event or "no event"),
            safe(version or "-"),
            *(str(tally.events[event, version, status]) for status in statuses),
        )


def _aligned(rows: Iterable[tuple[str, ...]], words: int) -> Iterator[str]:
    """Yield rows as lines, with the first `words` columns aligned left and the numbers in the others aligned right."""
    kept = list(rows)
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)]
    for row in kept:
        cells = (
            cell.ljust(width) if at < words else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"{'  '.join(cells).rstrip()}\n"
    yield "\n"
