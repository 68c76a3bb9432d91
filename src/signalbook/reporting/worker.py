"""Checks pieces of input and turns each into a chunk of the report, with ignored findings removed."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from signalbook.reading import json_errors, paths, pieces, strict_json
from signalbook.reading.pieces import Document, Lines
from signalbook.reporting import Tally
from signalbook.validation.contracts import Request
from signalbook.validation.fast_path import Express
from signalbook.validation.validator import check_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signalbook.config.baseline import Entry
    from signalbook.registry import Registry
    from signalbook.reporting.batches import Setup
    from signalbook.validation.findings import Verdict


Batch = tuple[pieces.Document, ...]
"""Items of one array that is read item by item."""
_BEGINNING = 24
"""Number of leading bytes that tell most kinds of deliveries apart, because a provider writes the keys of each kind in a fixed order."""


class Chunk:
    """Result of a piece: the text for each report format, the counts, and what the ignores and the baseline matched."""

    __slots__ = ("files", "met", "recorded", "tally", "texts", "used")

    def __init__(self, texts: tuple[str, ...], tally: Tally) -> None:
        self.texts = texts
        self.tally = tally
        self.used: list[int] = []
        self.met: Mapping[Entry, int] = {}
        self.files: set[str] = set()
        self.recorded: Mapping[Entry, int] = {}


class Worker:
    """Checks pieces according to a setup. Raises what `Request.of` raises."""

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
        from signalbook.config.baseline import Recorder  # noqa: PLC0415 - only needed to record a baseline

        return Recorder(self._setup.record)

    def _begin(self) -> None:
        self._tally = Tally()
        self._texts: list[list[str]] = [[] for _ in self._setup.forms]

    def check(self, piece: pieces.Piece | Batch, opened: int) -> Chunk:
        """Check a piece and return its chunk. `opened` is the number of files that begin with it."""
        self._begin()
        self._tally.files = opened
        if isinstance(piece, Lines):
            self._lines(piece)
        elif isinstance(piece, tuple):
            for document in piece:
                self._document(document)
        else:
            for document in paths.expand(piece, self._setup.limits, max_expansion=self._setup.max_expansion):
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
        """Check a block of lines. Valid payloads, which are the most, take a fast path that only counts them."""
        self._enter(piece.source, piece.first)
        quick, loads, limits, source = self._quick, strict_json.loads, self._setup.limits, piece.source
        found: list[tuple[int, list[Verdict]]] = []
        passed: dict[int, list[Any]] = {}
        for number, line in _alike(self._numbered(piece)):
            try:
                verdict = quick(loads(line, limits))
            except json_errors.NotJSON:
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
        except json_errors.NotJSON as problem:
            self._document(Document(piece.source, problem=problem))
            return []

    def _document(self, document: Document) -> None:
        self._enter(document.source, None)
        for verdict in check_document(
            document, self._registry, self._request, self._setup.limits, self._quick
        ):
            self._report(verdict)

    def _enter(self, source: str, first: int | None) -> None:
        """Tell the baseline that a file begins. A file that is named twice begins twice."""
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
    """Group lines by their first bytes, so that lines of one kind, which share lookups and validators, find them in the processor's cache."""
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
