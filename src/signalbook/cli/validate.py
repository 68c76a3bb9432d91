"""Implements `signalbook validate`: checks payloads and writes reports, according to the options and the configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from signalbook import config
from signalbook.cli import console
from signalbook.cli.console import CLEAN, FINDINGS, Progress
from signalbook.cli.outputs import Outputs
from signalbook.cli.signals import Interrupts
from signalbook.errors import LostWorker, Unreadable
from signalbook.reading.documents import MAX_EXPANSION
from signalbook.reading.json_text import DEFAULT_LIMITS, Limits
from signalbook.reading.paths import pieces
from signalbook.registry import Registry
from signalbook.reporting import Tally
from signalbook.reporting.batches import Setup, chunks
from signalbook.terminal import safe
from signalbook.validation.findings import ABSENT

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from signalbook.config.ignores import Note
    from signalbook.config.settings import Config
    from signalbook.reporting.batches import Chunk

_DEFAULTS: dict[str, Any] = {
    "paths": [],
    "exclude": [],
    "level": "documented",
    "show": "all",
    "jobs": 1,
    "max_depth": DEFAULT_LIMITS.max_depth,
    "max_size": DEFAULT_LIMITS.max_bytes,
    "max_string": DEFAULT_LIMITS.max_string,
    "max_keys": DEFAULT_LIMITS.max_keys,
    "max_expansion": MAX_EXPANSION,
    "pins": {},
}


def run(options: argparse.Namespace) -> int:
    """Check payloads against their contracts, write reports, and return an exit code.

    Raises the errors of reading the configuration, the registry or the baseline, and OSError for a report that cannot be written.
    """
    found = None if options.no_config else options.config or config.find(".")
    settings = config.load(found) if found else None
    are_from_file = not options.paths
    _fill(options, settings)
    if not options.paths:
        raise Unreadable(
            "PATH",
            "no file, folder or glob given",
            "pass one, use - for standard input, or set 'paths' in signalbook.toml",
        )
    registry = Registry.load(options.schemas)
    if settings:
        settings.check(registry)
    if options.report or options.write_baseline:
        from signalbook.cli import input_guard  # noqa: PLC0415 - only needed if files are written

        input_guard.keep(options, found)
    outputs = Outputs(options)
    try:
        run = _Run(options, settings, outputs)
        return run.code_of(run.through(registry), are_from_file=are_from_file)
    finally:
        outputs.discard()


def _fill(options: argparse.Namespace, settings: Config | None) -> None:
    """Fill options that the command line does not set from the configuration, else from the defaults."""
    said = settings.options() if settings else {}
    if options.version:
        said.pop("at", None)
    for name, value in {**_DEFAULTS, **said}.items():
        if getattr(options, name, None) in (None, []):
            setattr(options, name, value)
    if options.jobs == 0:
        options.jobs = os.cpu_count() or 1


class _Run:
    """One run: its options and its results so far."""

    def __init__(self, options: argparse.Namespace, settings: Config | None, outputs: Outputs) -> None:
        self._options = options
        self._outputs = outputs
        self._interrupts = Interrupts()
        self._tally = Tally()
        self._lost: LostWorker | None = None
        self._is_left = False
        today = _today() if settings and settings.ignore else ""
        self._ignores = settings.ignores(today) if settings and settings.ignore else None
        self._baseline = self._recorder = None
        if options.write_baseline or options.baseline:
            from signalbook.config.baseline import Baseline, Recorder  # noqa: PLC0415 - only needed with a baseline

            # When a baseline is rewritten, the old one is not applied, so that its remaining errors are recorded again.
            self._recorder = Recorder(options.write_baseline) if options.write_baseline else None
            self._baseline = None if options.write_baseline else Baseline.load(options.baseline)
        self._limits = _limits(options)
        request = {
            "event": options.event,
            "version": options.version,
            "level": options.level,
            "at": options.at,
            "pins": options.pins,
        }
        self._setup = Setup(
            tuple(outputs.forms),
            self._limits,
            options.max_expansion,
            request,
            options.schemas,
            settings,
            today,
            self._baseline,
            options.write_baseline,
        )

    def through(self, registry: Registry) -> bool:
        """Check and report everything; return whether the run completed. An interrupted run reports what it checked so far."""
        progress = Progress()
        options = self._options
        found = pieces(
            options.paths, self._limits, exclude=options.exclude, max_expansion=options.max_expansion
        )
        is_whole = True
        with self._interrupts as interrupts:
            try:
                self._outputs.begin()
                for chunk in chunks(found, self._setup, registry, options.jobs):
                    interrupts.hold()
                    self._take(chunk)
                    progress.show(self._tally)
                    interrupts.release()
                    if not (self._outputs.is_wanted or self._recorder):
                        is_whole, self._is_left = False, True
                        break
            except KeyboardInterrupt:
                is_whole = False
            except LostWorker as error:
                is_whole, self._lost = False, error
            interrupts.hold()
            progress.clear()
            self._outputs.end(self._tally, interrupted=not is_whole)
        return is_whole

    def _take(self, chunk: Chunk) -> None:
        self._outputs.take(chunk.texts)
        self._tally.merge(chunk.tally)
        if self._ignores:
            self._ignores.merge(chunk.used)
        if self._baseline:
            self._baseline.merge(chunk.met, chunk.files)
        if self._recorder:
            self._recorder.merge(chunk.recorded)

    def code_of(self, is_whole: bool, *, are_from_file: bool) -> int:  # noqa: FBT001 - what `through` returns
        """Print notes, write the requested baseline, and return the exit code. Raises `LostWorker`."""
        for note in self._notes(is_whole=is_whole, are_from_file=are_from_file):
            console.warn(str(note))
        # A signal that stops the run may reach the workers first; then a lost worker is no error.
        if self._lost and not self._interrupts.number:
            raise self._lost
        if not is_whole:
            if self._recorder:
                console.warn(
                    f"{safe(self._options.write_baseline)} was not written, because the run did not check everything"
                )
            if not self._is_left:
                return self._interrupts.exit_code
        if self._recorder:
            return self._write_baseline()
        return CLEAN if self._tally.is_clean else FINDINGS

    def _notes(self, *, is_whole: bool, are_from_file: bool) -> Iterator[Note]:
        if self._ignores:
            # A partial run cannot tell whether an ignore is unused.
            yield from self._ignores.notes(complete=is_whole and are_from_file)
        if self._baseline:
            yield from self._baseline.notes(complete=is_whole)

    def _write_baseline(self) -> int:
        from signalbook.codegen import writer  # noqa: PLC0415 - only needed to write a baseline

        path, recorder = self._options.write_baseline, self._recorder
        if recorder is None:
            return CLEAN
        writer.make(path, recorder.data(), parents=True)
        console.warn(f"{safe(path)}: {sum(recorder.counts.values())} errors recorded in the baseline")
        return FINDINGS if any(rule in ABSENT for rule, _ in self._tally.rules) else CLEAN


def _limits(options: argparse.Namespace) -> Limits:
    try:
        return Limits(options.max_depth, options.max_size, options.max_string, options.max_keys)
    except ValueError as error:
        raise Unreadable("--max-depth", str(error)) from None


def _today() -> str:
    from time import strftime  # noqa: PLC0415 - only needed for ignores that expire

    return strftime("%Y-%m-%d")
