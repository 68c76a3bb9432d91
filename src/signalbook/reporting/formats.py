"""Maps names to report formats, and imports those that a plain run does not need on demand.

To write a report, call `head()` first, pass what `each(verdict)` returns to `take`, in order, and call `tail(tally)` at the end:

    form = FORMATS["sarif"](root=".")
    write(form.head())
    for verdict in verdicts:
        tally.add(verdict)
        write(form.take(form.each(verdict)))
    for text in form.tail(tally):
        write(text)

`each` may run in other processes: it keeps no state, and you may join the results of several payloads before you pass them to `take`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.reporting.format import Format, last_lines, tables_if_asked
from signalbook.reporting.json_lines import line, verdict_json
from signalbook.reporting.text import verdict_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.reporting.format import Tally
    from signalbook.validation.findings import Verdict


class _Text(Format):
    """Text for people: a block for each payload, and a line of counts."""

    def _told(self, verdict: Verdict) -> str:
        return f"{verdict_text(verdict, self.paint)}\n"

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:
        yield from tables_if_asked(tally, asked=self.summary)
        yield from last_lines(tally, interrupted=interrupted)


class _Json(Format):
    """JSON lines: one verdict per line. `summary` adds a line whose only key is `summary`, which no verdict has."""

    def _told(self, verdict: Verdict) -> str:
        return f"{verdict_json(verdict)}\n"

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:
        # Without this line a reader could not tell that an interrupted report is incomplete.
        if self.summary or interrupted:
            yield f"{line({'summary': tally.as_dict(interrupted=interrupted)})}\n"


def _junit(**asked: Any) -> Format:
    from signalbook.reporting.junit import JUnit  # noqa: PLC0415 - imported on demand

    return JUnit(**asked)


def _sarif(**asked: Any) -> Format:
    from signalbook.reporting.sarif import Sarif  # noqa: PLC0415 - imported on demand

    return Sarif(**asked)


def _github(**asked: Any) -> Format:
    from signalbook.reporting.github import GitHub  # noqa: PLC0415 - imported on demand

    return GitHub(**asked)


FORMATS: dict[str, Callable[..., Format]] = {
    "text": _Text,
    "json": _Json,
    "junit": _junit,
    "sarif": _sarif,
    "github": _github,
}
"""Formats by their `--format` name; each takes the keywords of `Format`."""
