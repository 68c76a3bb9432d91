"""`signalbook validate`: payloads in, a report out, as the words on the command line and the configuration say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from signalbook import config
from signalbook.checking import Setup, chunks
from signalbook.cli import console
from signalbook.cli.commands import CLEAN, FINDINGS
from signalbook.cli.interrupting import Interrupts
from signalbook.cli.outputs import Outputs
from signalbook.cli.progress import Progress
from signalbook.errors import LostWorker, Unreadable
from signalbook.findings import ABSENT
from signalbook.intake import MAX_EXPANSION, pieces
from signalbook.jsontext import DEFAULT, Limits
from signalbook.registry import Registry
from signalbook.report import Tally
from signalbook.terminal import safe

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from signalbook.checking import Chunk
    from signalbook.config.ignores import Note
    from signalbook.config.settings import Config

_DEFAULTS: dict[str, Any] = {
    "paths": [],
    "exclude": [],
    "level": "documented",
    "show": "all",
    "jobs": 1,
    "max_depth": DEFAULT.max_depth,
    "max_size": DEFAULT.max_bytes,
    "max_string": DEFAULT.max_string,
    "max_keys": DEFAULT.max_keys,
    "max_expansion": MAX_EXPANSION,
    "pins": {},
}


def validate(options: argparse.Namespace) -> int:
    """Check payloads against their contracts, and report what was found. Return an exit code.

    Raises what reading the configuration, the registry or the baseline raises, and OSError for a report that cannot be written.
    """
    found = None if options.no_config else options.config or config.find(".")
    settings = config.load(found) if found else None
    are_from_file = not options.paths
    _fill(options, settings)
    if not options.paths:
        raise Unreadable("PATH", "no file, folder or glob is named", "name one, or - for standard input, or write 'paths' into signalbook.toml")
    registry = Registry.load(options.schemas)
    if settings:
        settings.check(registry)
    if options.report or options.write_baseline:
        from signalbook.cli import inputs  # noqa: PLC0415 - only where files are written

        inputs.keep(options, found)
    outputs = Outputs(options)
    try:
        run = _Run(options, settings, outputs)
        return run.code_of(run.through(registry), are_from_file=are_from_file)
    finally:
        outputs.discard()


def _fill(options: argparse.Namespace, settings: Config | None) -> None:
    """Fill in what the command line does not say: with what the configuration says, and else with what holds by default."""
    said = settings.options() if settings else {}
    if options.version:
        said.pop("at", None)
    for name, value in {**_DEFAULTS, **said}.items():
        if getattr(options, name, None) in (None, []):
            setattr(options, name, value)
    if options.jobs == 0:
        options.jobs = os.cpu_count() or 1


class _Run:
    """One run: what is to be done, and what has come of it."""

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
            from signalbook.config.baseline import Baseline, Recorder  # noqa: PLC0415 - only where there is one

            # The errors of the old baseline are in the new one too, where they are still there.
            self._recorder = Recorder(options.write_baseline) if options.write_baseline else None
            self._baseline = None if options.write_baseline else Baseline.load(options.baseline)
        self._limits = _limits(options)
        request = {"event": options.event, "version": options.version, "level": options.level, "at": options.at, "pins": options.pins}
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
        """Check everything and report it; return whether the run came to its end. Interrupted, it reports what was checked until then."""
        progress = Progress()
        options = self._options
        found = pieces(options.paths, self._limits, exclude=options.exclude, max_expansion=options.max_expansion)
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
        """Say what there is to say besides the report, write the baseline that was asked for, and return the exit code. Raises `LostWorker`."""
        for note in self._notes(is_whole=is_whole, are_from_file=are_from_file):
            console.warn(str(note))
        # What stops a run may reach the workers first: then it is no loss.
        if self._lost and not self._interrupts.number:
            raise self._lost
        if not is_whole:
            if self._recorder:
                console.warn(f"{safe(self._options.write_baseline)} was not written, because not everything was checked")
            if not self._is_left:
                return self._interrupts.exit_code
        if self._recorder:
            return self._write_baseline()
        return CLEAN if self._tally.is_clean else FINDINGS

    def _notes(self, *, is_whole: bool, are_from_file: bool) -> Iterator[Note]:
        if self._ignores:
            # Of an ignore that met nothing in a part of the files nothing can be said.
            yield from self._ignores.notes(complete=is_whole and are_from_file)
        if self._baseline:
            yield from self._baseline.notes(complete=is_whole)

    def _write_baseline(self) -> int:
        from signalbook import sync  # noqa: PLC0415 - only where it is asked for

        path, recorder = self._options.write_baseline, self._recorder
        if recorder is None:
            return CLEAN
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)  # noqa: PTH103, PTH120
        sync.make(path, recorder.data())
        console.warn(f"{safe(path)}: {sum(recorder.counts.values())} errors are in the baseline now")
        return FINDINGS if any(rule in ABSENT for rule, _ in self._tally.rules) else CLEAN


def _limits(options: argparse.Namespace) -> Limits:
    try:
        return Limits(options.max_depth, options.max_size, options.max_string, options.max_keys)
    except ValueError as error:
        raise Unreadable("--max-depth", str(error)) from None


def _today() -> str:
    from time import strftime  # noqa: PLC0415 - only where an ignore ends on a day

    return strftime("%Y-%m-%d")
