"""Base class of all report formats, and the closing lines of reports for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.reporting.renderer import Paint, plain, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.reporting.counts import Tally
    from signalbook.validation.findings import Verdict


class Format:
    """Base class of report formats. A new instance can be pickled, so that worker processes can use the same.

    `show` selects the payloads to show: "all", only those with "findings" (or that are not valid), or "none". `paint` colours text.
    `root` is the base of file names in formats for tools (None: names as given). `level` is the level at which payloads are checked.
    `summary` adds tables of counts to the line that ends every run.
    """

    def __init__(
        self,
        *,
        show: str = "all",
        paint: Paint = plain,
        root: str | None = None,
        level: str = "documented",
        summary: bool = False,
    ) -> None:
        self.show = show
        self.paint = paint
        self.root = root
        self.level = level
        self.summary = summary

    @property
    def passes_valid(self) -> bool:
        """Whether `each` returns "" for every valid payload without findings, so that no verdict is needed for it."""
        return self.show != "all"

    def head(self) -> str:
        """Return the start of the report."""
        return ""

    def each(self, verdict: Verdict) -> str:
        """Return the text of a payload to pass to `take`, or "" if it is not shown. Depends only on the verdict."""
        if self.show == "none" or (self.show == "findings" and not verdict.findings and verdict.ok):
            return ""
        return self._told(verdict)

    def take(self, text: str) -> str:
        """Return what can be written now of the text. Formats that begin with counts keep it until the end, in a temporary file if it is large."""
        return text

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:
        """Yield the end of the report: kept text and counts. With `interrupted`, the report says that not all payloads were checked."""
        raise NotImplementedError

    def _told(self, verdict: Verdict) -> str:
        raise NotImplementedError


def tables_if_asked(tally: Tally, *, asked: bool) -> Iterator[str]:
    """Yield the tables of counts for people, if `asked`."""
    if asked:
        from signalbook.reporting.count_tables import tables  # noqa: PLC0415 - only needed with `--summary`

        yield from tables(tally)


def last_lines(tally: Tally, *, interrupted: bool) -> Iterator[str]:
    """Yield the summary line for people, after a line about the interruption if there was one."""
    if interrupted:
        yield "interrupted: not everything was checked; the counts are of what was\n"
    yield f"{summary(tally.statuses, tally.severities, tally.ignored)}\n"
