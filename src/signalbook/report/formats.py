"""The forms of a report, by name, and what they have in common. Those that a plain run does not need are loaded when they are asked for.

Whoever writes a report asks for `head()` first, then hands over what `each(verdict)` returned, in order, and asks for `tail(tally)` at the end:

    form = FORMATS["sarif"](root=".")
    write(form.head())
    for verdict in verdicts:
        tally.add(verdict)
        write(form.take(form.each(verdict)))
    for text in form.tail(tally):
        write(text)

`each` may run in other processes: it remembers nothing, and what it returns for several payloads may be joined before it is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.report.lines import line, verdict_json
from signalbook.report.text import verdict_text
from signalbook.report.words import Paint, plain, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.findings import Verdict
    from signalbook.report.tally import Tally


class Format:
    """A form of report, and how it is asked for. A fresh one can be pickled, so that worker processes have the same.

    `show` says which payloads are shown: "all", only those with "findings" (or without a verdict that they are valid), or "none".
    `paint` colours text; `root` is the folder that file names are given from in forms that tools read (None: as they were named);
    `level` is the one that payloads are checked at; `summary` asks for tables of counts beside the line that every run ends with.
    """

    def __init__(self, *, show: str = "all", paint: Paint = plain, root: str | None = None, level: str = "documented", summary: bool = False) -> None:
        self.show = show
        self.paint = paint
        self.root = root
        self.level = level
        self.summary = summary

    @property
    def passes_valid(self) -> bool:
        """Whether `each` returns "" for every valid payload without findings, so that no verdict has to be made for it."""
        return self.show != "all"

    def head(self) -> str:
        """Return what stands before everything."""
        return ""

    def each(self, verdict: Verdict) -> str:
        """Return what is to be taken for a payload: "" where it is not shown. Depends on nothing else."""
        if self.show == "none" or (self.show == "findings" and not verdict.findings and verdict.ok):
            return ""
        return self._told(verdict)

    def take(self, text: str) -> str:
        """Return what can be written now of what `each` returned; forms that begin with counts keep it until the end, in a temporary file where it is much."""
        return text

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:
        """Yield what ends the report: what was kept, and the counts. `interrupted` says that not all payloads were checked; the report says so, too."""
        raise NotImplementedError

    def _told(self, verdict: Verdict) -> str:
        raise NotImplementedError


class _Text(Format):
    """Text for people: a block for each payload, and a line of counts."""

    def _told(self, verdict: Verdict) -> str:
        return f"{verdict_text(verdict, self.paint)}\n"

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:
        yield from tables_if_asked(tally, asked=self.summary)
        yield from last_lines(tally, interrupted=interrupted)


class _Json(Format):
    """JSON lines: a verdict each; with `summary` one line more, whose only key is `summary`, which no verdict has."""

    def _told(self, verdict: Verdict) -> str:
        return f"{verdict_json(verdict)}\n"

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:
        # Without the line a reader could not tell half a report from a whole one.
        if self.summary or interrupted:
            yield f"{line({'summary': tally.as_dict(interrupted=interrupted)})}\n"


def tables_if_asked(tally: Tally, *, asked: bool) -> Iterator[str]:
    """Yield the tables of counts, for people, where they are asked for."""
    if asked:
        from signalbook.report.tables import tables  # noqa: PLC0415 - only where they are asked for

        yield from tables(tally)


def last_lines(tally: Tally, *, interrupted: bool) -> Iterator[str]:
    """Yield the line that sums up, for people; where a run was interrupted, a line before it says so."""
    if interrupted:
        yield "interrupted: not everything was checked; the counts are of what was\n"
    yield f"{summary(tally.statuses, tally.severities, tally.ignored)}\n"


def _junit(**asked: Any) -> Format:
    from signalbook.report.junit import JUnit  # noqa: PLC0415 - only where it is asked for

    return JUnit(**asked)


def _sarif(**asked: Any) -> Format:
    from signalbook.report.sarif import Sarif  # noqa: PLC0415 - only where it is asked for

    return Sarif(**asked)


def _github(**asked: Any) -> Format:
    from signalbook.report.github import GitHub  # noqa: PLC0415 - only where it is asked for

    return GitHub(**asked)


FORMATS: dict[str, Callable[..., Format]] = {"text": _Text, "json": _Json, "junit": _junit, "sarif": _sarif, "github": _github}
"""The forms by the name that `--format` knows; each takes the keywords of `Format`."""
