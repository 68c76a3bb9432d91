"""What all report formats share: the base class, counts, colours, file names for tools, and the closing lines."""

from __future__ import annotations

import os.path
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_from_bytes

from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signalbook.validation.findings import Finding, Verdict


_COLOURS = {
    "valid": "32",
    "note": "36",
    "warning": "33",
    "unidentified": "33",
    "error": "31",
    "invalid": "31",
    "unreadable": "31",
}
STATUSES = ("valid", "invalid", "unidentified", "unreadable")
SEVERITIES = ("error", "warning", "note")

Paint = Callable[[str, str], str]
"""Takes a text and its kind (a status or a severity), and returns the text to show."""


def plain(text: str, _kind: str) -> str:
    """Return the text unchanged, for files and pipes."""
    return text


def coloured(text: str, kind: str) -> str:
    """Return the text in the colour of a status or severity, for terminals."""
    return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m"


def paint(mode: str, stream_is_tty: bool, environ: Mapping[str, str]) -> Paint:  # noqa: FBT001 - the result of `isatty`
    """Return `coloured` or `plain`: by `mode` if it is "always" or "never", else ("auto") by NO_COLOR, FORCE_COLOR and the terminal.

    NO_COLOR takes precedence over FORCE_COLOR. An empty variable counts as not set, as both conventions say.
    """
    if mode in ("always", "never"):
        return coloured if mode == "always" else plain
    if environ.get("NO_COLOR"):
        return plain
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return coloured
    return coloured if stream_is_tty and environ.get("TERM") != "dumb" else plain


def place(source: str | None, line: int | None, index: int | None) -> str:
    """Return the location of a payload in readable form: `a.ndjson:3`, `batch.json[0]`."""
    name = "standard input" if source == "-" else safe(source or "payload")
    return f"{name}{f':{line}' if line is not None else ''}{f'[{index}]' if index is not None else ''}"


def summary(
    statuses: Mapping[str, int], severities: Mapping[str, int] | None = None, ignored: int = 0
) -> str:
    """Return the last line of a report: payloads by status, findings by severity, and the number of ignored findings."""
    total = sum(statuses.values())
    if not total:
        return "no payloads"
    payloads = f"{counted(total, 'payload')}: " + ", ".join(
        f"{statuses[status]} {status}" for status in STATUSES if statuses.get(status)
    )
    findings = (
        ", ".join(counted(severities[one], one) for one in SEVERITIES if severities.get(one))
        if severities
        else ""
    )
    return "; ".join(part for part in (payloads, findings, f"{ignored} ignored" if ignored else "") if part)


def counted(number: int, word: str) -> str:
    """Return a number with its noun in the singular or plural."""
    return f"{number} {word}{'' if number == 1 else 's'}"


class Tally:
    """Counts so far. Its size does not grow with the number of payloads, because it holds nothing that a payload could make up.

    `statuses` counts payloads by status, `severities` and `rules` count findings by severity and by (rule, severity), `ignored` counts ignored ones.
    `events` counts by (event, version, status); the event is None if it is not in the catalogue. A payload with several events counts each of them.
    `files` is set by the code that opens files, because two pieces of one file count once.
    """

    __slots__ = ("events", "files", "ignored", "rules", "severities", "statuses")

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.severities: Counter[str] = Counter()
        self.rules: Counter[tuple[str, str]] = Counter()
        self.events: Counter[tuple[str | None, str | None, str]] = Counter()
        self.ignored = 0
        self.files = 0

    def add_valid(self, event: str | None, version: str | None, n: int = 1) -> None:
        """Count `n` valid payloads of one event without findings: a fast path for most payloads of a stream."""
        self.statuses["valid"] += n
        self.events[event, version, "valid"] += n

    def add(self, verdict: Verdict) -> None:
        """Count a payload with its findings."""
        self.statuses[verdict.status] += 1
        for part in verdict.parts or (verdict,):
            self.events[part.event, part.version, part.status] += 1
        for finding in verdict.findings:
            self.severities[finding.severity] += 1
            self.rules[finding.rule, finding.severity] += 1
        self.ignored += len(verdict.ignored)

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.statuses.update(other.statuses)
        self.severities.update(other.severities)
        self.rules.update(other.rules)
        self.events.update(other.events)
        self.ignored += other.ignored
        self.files += other.files

    @property
    def total(self) -> int:
        """Number of payloads."""
        return sum(self.statuses.values())

    @property
    def is_clean(self) -> bool:
        """Whether every payload is valid. True for a run without payloads."""
        return self.total == self.statuses["valid"]

    def as_dict(self, *, interrupted: bool = False) -> dict[str, Any]:
        """Return the JSON form that `meta/summary.schema.json` describes. Rows are sorted, so that equal counts give equal output."""
        events = sorted(self.events.items(), key=lambda row: tuple(word or "" for word in row[0]))
        rules = sorted(self.rules.items(), key=lambda row: (-row[1], row[0]))
        return {
            "interrupted": interrupted,
            "files": self.files,
            "payloads": {"total": self.total, **{status: self.statuses[status] for status in STATUSES}},
            "findings": {
                **{severity: self.severities[severity] for severity in SEVERITIES},
                "ignored": self.ignored,
            },
            "events": [
                {"event": event, "version": version, "status": status, "payloads": count}
                for (event, version, status), count in events
                if count
            ],
            "rules": [
                {"rule": rule, "severity": severity, "findings": count}
                for (rule, severity), count in rules
                if count
            ],
        }


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
        yield from tables(tally)


def last_lines(tally: Tally, *, interrupted: bool) -> Iterator[str]:
    """Yield the summary line for people, after a line about the interruption if there was one."""
    if interrupted:
        yield "interrupted: not everything was checked; the counts are of what was\n"
    yield f"{summary(tally.statuses, tally.severities, tally.ignored)}\n"


STDIN = "stdin"
"""File name for standard input where a tool requires one."""


class Spot(NamedTuple):
    """A line and a column in a file, from 1; None if unknown."""

    line: int | None
    column: int | None


def spot(verdict: Verdict, finding: Finding) -> Spot:
    """Return the location of a finding in its file: its own, else the line of its payload in NDJSON."""
    return Spot(verdict.line, None) if finding.line is None else Spot(finding.line, finding.column)


def relative(source: str | None, root: str | None, paths: Any = os.path) -> str:
    """Return a file name relative to the folder `root`, with slashes; an absolute name if the file is outside of it.

    Without `root`, the name is only normalized. `paths` is `posixpath` or `ntpath`: a backslash is a separator only on Windows.
    """
    if source in (None, "-"):
        return STDIN
    name = paths.normpath(source)
    if root is not None:
        name = paths.abspath(name)
        try:
            inside = paths.relpath(name, paths.abspath(root))
        except ValueError:  # another drive
            inside = paths.pardir
        name = name if inside.split(paths.sep)[0] == paths.pardir else inside
    return str(name.replace("\\", "/") if paths.sep == "\\" else name)


def uri(name: str) -> str:
    """Convert a name that `relative` returned to a URI: relative to the root, or with the scheme `file` if it is absolute.

    A name that is not UTF-8 keeps its bytes. Colons are encoded, because text before a colon would be read as a scheme.
    """
    try:
        data = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = name.encode("utf-8", "backslashreplace")
    if name[1:3] == ":/" and name[0].isascii() and name[0].isalpha():  # a drive letter
        return f"file:///{name[0]}:{quote_from_bytes(data[2:])}"
    if name.startswith("//"):
        return f"file:{quote_from_bytes(data)}"
    return f"file://{quote_from_bytes(data)}" if name.startswith("/") else quote_from_bytes(data)


_IN_MEMORY = 4 * 1024 * 1024
_BLOCK = 256 * 1024


class Spool:
    """Text buffer that can be read once."""

    def __init__(self) -> None:
        from tempfile import SpooledTemporaryFile  # noqa: PLC0415 - only for formats whose head comes last

        self._file = SpooledTemporaryFile(_IN_MEMORY, mode="w+", encoding="utf-8", newline="\n")  # noqa: SIM115 - `close` closes it

    def put(self, text: str) -> None:
        """Append text."""
        self._file.write(text)

    def lines(self) -> Iterator[str]:
        """Yield the buffered text line by line."""
        self._file.seek(0)
        yield from self._file

    def drained(self) -> Iterator[str]:
        """Yield the buffered text in blocks, and empty the buffer."""
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            yield block
        self._file.seek(0)
        self._file.truncate()

    def close(self) -> None:
        """Free the memory or delete the file."""
        self._file.close()
