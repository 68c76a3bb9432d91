"""Turns pieces of input into chunks of a report, texts and counts, in one or several processes. Input is read lazily.

`Setup` holds how to check and what to report; it can be pickled for another process. A `Worker` checks pieces independently and returns a `Chunk`
for each. The result does not depend on the number of workers or on which worker took which piece.
"""

from __future__ import annotations

import os
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.reading import documents, json_text, paths, strict_json
from signalbook.reading.documents import Document, Files, Lines
from signalbook.registry import Registry
from signalbook.reporting import Tally
from signalbook.validation.contracts import Request
from signalbook.validation.fast_path import FastPath
from signalbook.validation.findings import ABSENT
from signalbook.validation.validator import check_document, pinpointed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signalbook.config.baseline import Baseline, Entry, Recorder
    from signalbook.config.settings import Config
    from signalbook.reading.documents import Piece
    from signalbook.reading.json_text import Limits
    from signalbook.reporting import Format
    from signalbook.validation.findings import Verdict


Batch = tuple[documents.Document, ...]
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
        self._fast = FastPath(registry, self._request).verdict
        self._templates = Templates(setup.forms)
        self._shows_places = any(form.show != "none" for form in setup.forms)
        self._ignores = setup.config.ignores(setup.today) if setup.config and setup.config.ignore else None
        self._baseline = setup.baseline.fresh() if setup.baseline else None
        self._recorder = self._new_recorder()
        self._source: str | None = None
        self._begin()

    def _new_recorder(self) -> Recorder | None:
        if self._setup.record is None:
            return None
        from signalbook.config.baseline import Recorder  # noqa: PLC0415 - only needed to record a baseline

        return Recorder(self._setup.record)

    def _begin(self) -> None:
        self._tally = Tally()
        self._texts: list[list[str]] = [[] for _ in self._setup.forms]

    def must_check(self, piece: documents.Piece | Batch) -> bool:
        """Return whether this worker must check a piece itself: one process must see all of a file that the baseline holds, in order."""
        one = piece[0] if isinstance(piece, tuple) else piece
        holds = self._baseline and isinstance(one, Lines | Document) and self._baseline.holds(one.source)
        return bool(holds)

    def check(self, piece: documents.Piece | Batch, opened: int) -> Chunk:
        """Check a piece and return its chunk. `opened` is the number of files that begin with it."""
        self._begin()
        self._tally.files = opened
        with strict_json.text_limits(self._setup.limits):
            if isinstance(piece, Lines):
                self._lines(piece)
            else:
                for document in self._documents(piece):
                    self._document(document)
        return self._chunk()

    def _documents(self, piece: Files | Document | Batch) -> Iterable[Document]:
        if isinstance(piece, tuple):
            return piece
        return paths.expand(piece, self._setup.limits, max_expansion=self._setup.max_expansion)

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
        """Check a block of lines. Valid payloads, which are the most, are counted and rendered by kind."""
        self._enter(piece.source, piece.first)
        verdict_of, loads, limits, source = self._fast, strict_json.loads, self._setup.limits, piece.source
        templates, shows_valid = self._templates.of(source), self._templates.shows_valid
        rows: list[tuple[int, Template | list[Verdict]]] = []
        counted: list[Template] = []
        for number, line in self._grouped(piece):
            try:
                verdict = verdict_of(loads(line, limits))
            except json_text.NotJSON:
                verdict = None
            template = templates.get(id(verdict))
            if template is None and verdict and not verdict.findings and not verdict.parts:
                template = self._templates.add(verdict)
            if template is None or template.pieces is None:
                document = Document(source, number, line, None, None, (number, 1))
                rows.append((number, self._explained(document, verdict)))
                continue
            if not template.count:
                counted.append(template)
            template.count += 1
            if shows_valid:
                rows.append((number, template))
        for template in counted:
            self._tally.add_valid(template.verdict.event, template.verdict.version, template.count)
            template.count = 0
        self._add(rows)

    def _explained(self, document: Document, verdict: Verdict | None) -> list[Verdict]:
        """Return the verdicts on a document that has no template. `verdict` is that of the fast path, if it has one."""
        if verdict is None:
            return check_document(
                document, self._registry, self._request, self._setup.limits, places=self._shows_places
            )
        verdicts = [verdict.located(document.source, document.line, None)]
        if not verdict.findings or not self._shows_places:
            return verdicts
        return pinpointed(verdicts, document, fast=True)

    def _add(self, rows: list[tuple[int, Template | list[Verdict]]]) -> None:
        """Report the verdicts on lines, in the order of their numbers. Templates are counted already."""
        rows.sort(key=_number)
        for number, row in rows:
            if isinstance(row, list):
                for verdict in row:
                    self._report(verdict)
            else:
                for texts, pieces in zip(self._texts, row.pieces or (), strict=True):
                    texts.append(str(number).join(pieces))

    def _grouped(self, piece: Lines) -> Iterable[tuple[int, bytes]]:
        """Return the lines of a piece with their numbers, grouped by their first bytes.

        Lines of one kind share lookups and validators, and find them in the processor's cache if they follow each other.
        """
        kinds: dict[bytes, list[tuple[int, bytes]]] = {}
        try:
            for one in piece.numbered():
                beginning = one[1][:_BEGINNING]
                if beginning in kinds:
                    kinds[beginning].append(one)
                else:
                    kinds[beginning] = [one]
        except json_text.NotJSON as problem:
            self._document(Document(piece.source, problem=problem))
        return chain.from_iterable(kinds.values())

    def _document(self, document: Document) -> None:
        self._enter(document.source, None)
        for verdict in check_document(
            document,
            self._registry,
            self._request,
            self._setup.limits,
            self._fast,
            places=self._shows_places,
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


def _number(row: tuple[int, Any]) -> int:
    return row[0]


class Template:
    """The report on valid payloads of one kind in one file: for each format, the texts between which the line number goes.

    `pieces` is None if a format needs each verdict. `count` is the number of payloads that are not in the tally yet.
    """

    __slots__ = ("count", "pieces", "verdict")

    def __init__(self, verdict: Verdict, forms: tuple[Format, ...], source: str) -> None:
        self.verdict, self.count = verdict, 0
        pieces = [found for form in forms if (found := _pieces(form, verdict, source)) is not None]
        self.pieces = pieces if len(pieces) == len(forms) else None


class Templates:
    """Templates of shared verdicts for some formats. Rendering a verdict takes longer than validating most payloads."""

    _MOST = 10_000

    def __init__(self, forms: tuple[Format, ...]) -> None:
        self._forms = forms
        self.shows_valid = not all(form.passes_valid for form in forms)
        self._source = ""
        self._by_id: dict[int, Template] = {}

    def of(self, source: str) -> Mapping[int, Template]:
        """Return the templates for a file, by the `id` of their verdict."""
        if source != self._source or len(self._by_id) >= self._MOST:
            self._by_id.clear()
            self._source = source
        return self._by_id

    def add(self, verdict: Verdict) -> Template:
        """Add the template of a verdict without findings that many payloads share."""
        # A template keeps its verdict alive, so that no other verdict can have the same id.
        template = self._by_id[id(verdict)] = Template(verdict, self._forms, self._source)
        return template


def _pieces(form: Format, verdict: Verdict, source: str) -> list[str] | None:
    """Return the text of a verdict in a format, cut where it contains the line number; None if it depends on the line in any other way."""
    # Render it for two numbers that occur nowhere else in the text, and compare.
    marks = [mark for _ in range(10) if (mark := _mark()) not in source][:2]
    one, other = (form.each(verdict.located(source, int(mark), None)) for mark in marks)
    pieces = one.split(marks[0])
    return pieces if marks[1].join(pieces) == other else None


def _mark() -> str:
    """Return a random number of 18 digits, which JSON can hold."""
    return str(10**17 + int.from_bytes(os.urandom(7)) % 10**17)


__all__ = ["Chunk", "Setup", "Worker", "chunks"]


_MUCH, _FEW = 1 << 20, 1 << 10  # bytes of a batch, and the fixed size added per item


class Setup(NamedTuple):
    """Settings for checking and reporting payloads.

    `request` has the keywords of `Request.of`. `schemas` is the folder of the registry; None is the bundled catalogue. `config` has the ignores,
    which apply as of `today` (yyyy-MM-dd). Each worker copies `baseline`. `record` is the file of a new baseline.
    """

    forms: tuple[Format, ...]
    limits: Limits
    max_expansion: int
    request: dict[str, Any]
    schemas: str | None = None
    config: Config | None = None
    today: str = ""
    baseline: Baseline | None = None
    record: str | None = None


def chunks(pieces: Iterable[Piece], setup: Setup, registry: Registry, jobs: int = 1) -> Iterator[Chunk]:
    """Yield a chunk for each piece, in order, checked by `jobs` processes. `registry` is the one that `setup` names. Raises `LostWorker`."""
    worker = Worker(setup, registry)
    if jobs == 1:
        yield from (worker.check(piece, opened) for piece, opened in _counted(pieces))
        return

    # Imported here, because most runs use one process, and the import takes five milliseconds.
    from signalbook.reporting.processes import chunks_of_processes  # noqa: PLC0415

    yield from chunks_of_processes(_counted(pieces), worker, partial(_started, setup), jobs)


def _started(setup: Setup) -> Worker:
    """Return the worker of a process that inherits nothing."""
    return Worker(setup, Registry.load(setup.schemas))


def _counted(pieces: Iterable[Piece]) -> Iterator[tuple[Piece | Batch, int]]:
    """Yield each piece with the number of files that start with it."""
    last = None
    for piece in _batched(pieces):
        if isinstance(piece, Files):
            last = None
            yield piece, len(piece.paths)
        else:
            one = piece[0] if isinstance(piece, tuple) else piece
            again = one.source == last and not (isinstance(one, Lines) and one.first == 1)
            last = one.source
            is_absent = isinstance(one, Document) and one.problem is not None and one.problem.rule in ABSENT
            yield piece, 0 if again or is_absent else 1


def _batched(pieces: Iterable[Piece]) -> Iterator[Piece | Batch]:
    """Yield the pieces, with array items grouped into batches, because a single item is not worth sending to another process."""
    batch: list[Document] = []
    size = 0
    for piece in pieces:
        is_item = isinstance(piece, Document) and piece.index is not None
        if batch and (not is_item or size > _MUCH or (isinstance(piece, Document) and piece.index == 0)):
            yield tuple(batch)
            batch, size = [], 0
        if isinstance(piece, Document) and is_item:
            batch.append(piece)
            size += len(piece.data) + _FEW
        else:
            yield piece
    if batch:
        yield tuple(batch)
