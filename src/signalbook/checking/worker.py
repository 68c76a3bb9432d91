"""One piece of input → one chunk of the report: each payload is checked, and what is ignored is taken out of what counts."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from signalbook import intake, jsontext
from signalbook.express import Express
from signalbook.intake import Document, Lines
from signalbook.judging import Request
from signalbook.report import Tally
from signalbook.walk import check_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signalbook.checking import Setup
    from signalbook.config.baseline import Entry
    from signalbook.findings import Verdict
    from signalbook.registry import Registry


Batch = tuple[intake.Document, ...]
"""Items of one array, which is read item by item."""
_BEGINNING = 24
"""So many bytes tell most forms of delivery apart: a provider writes the keys of one in one order."""


class Chunk:
    """What came of a piece: the text for each form of report, the counts, and what the ignores and the baseline met."""

    __slots__ = ("files", "met", "recorded", "tally", "texts", "used")

    def __init__(self, texts: tuple[str, ...], tally: Tally) -> None:
        self.texts = texts
        self.tally = tally
        self.used: list[int] = []
        self.met: Mapping[Entry, int] = {}
        self.files: set[str] = set()
        self.recorded: Mapping[Entry, int] = {}


class Worker:
    """Checks pieces as a setup says. Raises what `Request.of` raises."""

    def __init__(self, setup: Setup, registry: Registry) -> None:
        self._setup = setup
        self._registry = registry
        self._request = Request.of(registry, **setup.request)
        self._quick = Express(registry, self._request).verdict
        self._passes_valid = all(form.passes_valid for form in setup.forms)
        self._ignores = setup.config.ignores(setup.today) if setup.config and setup.config.ignore else None
        self._baseline = setup.baseline.fresh() if setup.baseline else None
        self._recorder = self._new_recorder()
        self._source: str | None = None
        self._begin()

    def _new_recorder(self) -> Any:
        if self._setup.record is None:
            return None
        from signalbook.config.baseline import Recorder  # noqa: PLC0415 - only where one is to be made

        return Recorder(self._setup.record)

    def _begin(self) -> None:
        self._tally = Tally()
        self._texts: list[list[str]] = [[] for _ in self._setup.forms]

    def check(self, piece: intake.Piece | Batch, opened: int) -> Chunk:
        """Return what comes of a piece, with which so many files begin."""
        self._begin()
        self._tally.files = opened
        if isinstance(piece, Lines):
            self._lines(piece)
        elif isinstance(piece, tuple):
            for document in piece:
                self._document(document)
        else:
            for document in intake.expand(piece, self._setup.limits, max_expansion=self._setup.max_expansion):
                self._document(document)
        return self._chunk()

    def _chunk(self) -> Chunk:
        chunk = Chunk(tuple("".join(texts) for texts in self._texts), self._tally)
        if self._ignores:
            chunk.used, self._ignores.used = self._ignores.used, [0] * len(self._ignores.used)
        if self._baseline:
            chunk.met, chunk.files = dict(self._baseline.met), set(self._baseline.files)
        if self._recorder:
            chunk.recorded, self._recorder = self._recorder.counts, self._new_recorder()
        return chunk

    def _lines(self, piece: Lines) -> None:
        """Check a block of lines: most are valid payloads, of which only a count is wanted, so these pass through as few hands as possible."""
        self._enter(piece.source, piece.first)
        quick, loads, limits, source = self._quick, jsontext.loads, self._setup.limits, piece.source
        found: list[tuple[int, list[Verdict]]] = []
        passed: dict[int, list[Any]] = {}
        for number, line in _alike(self._numbered(piece)):
            try:
                verdict = quick(loads(line, limits))
            except jsontext.NotJSON:
                verdict = None
            if verdict is None:
                document = Document(source, number, line, None, None, (number, 1))
                found.append((number, check_document(document, self._registry, self._request, limits)))
            elif not self._passes_valid or verdict.parts:
                found.append((number, [verdict.located(source, number, None)]))
            elif counted := passed.get(id(verdict)):
                counted[1] += 1
            else:
                passed[id(verdict)] = [verdict, 1]
        for verdict, count in passed.values():
            self._tally.add_valid(verdict.event, verdict.version, count)
        for _, verdicts in sorted(found, key=_number):
            for verdict in verdicts:
                self._report(verdict)

    def _numbered(self, piece: Lines) -> list[tuple[int, bytes]]:
        try:
            return list(piece.numbered())
        except jsontext.NotJSON as problem:
            self._document(Document(piece.source, problem=problem))
            return []

    def _document(self, document: Document) -> None:
        self._enter(document.source, None)
        for verdict in check_document(document, self._registry, self._request, self._setup.limits, self._quick):
            self._report(verdict)

    def _enter(self, source: str, first: int | None) -> None:
        """Tell the baseline that another file begins; one that is named twice begins twice."""
        if self._baseline and (source != self._source or first == 1):
            self._baseline.begin(source)
        self._source = source

    def _report(self, verdict: Verdict) -> None:
        if verdict.findings and self._ignores:
            verdict = self._ignores.apply(verdict)
        if verdict.findings and self._recorder:
            self._recorder.record(verdict)
        elif verdict.findings and self._baseline:
            verdict = self._baseline.apply(verdict)
        self._tally.add(verdict)
        for texts, form in zip(self._texts, self._setup.forms, strict=True):
            if text := form.each(verdict):
                texts.append(text)


def _alike(numbered: list[tuple[int, bytes]]) -> Iterable[tuple[int, bytes]]:
    """Return lines in an order that brings those of one kind together: what was found out of it, and its validators, are in the processor's cache then."""
    kinds: dict[bytes, list[tuple[int, bytes]]] = {}
    for one in numbered:
        beginning = one[1][:_BEGINNING]
        if beginning in kinds:
            kinds[beginning].append(one)
        else:
            kinds[beginning] = [one]
    return chain.from_iterable(kinds.values())


def _number(found: tuple[int, list[Verdict]]) -> int:
    return found[0]
