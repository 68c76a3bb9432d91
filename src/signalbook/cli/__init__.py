"""The command: words on the command line → one call each → an exit code. Nothing is decided here.

Exit codes: 0 clean · 1 findings · 2 usage · 3 the registry is broken · 70 our bug.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from signalbook.cli import console
from signalbook.cli.commands import CLEAN, USAGE
from signalbook.cli.parser import parser
from signalbook.errors import BrokenConfig, CannotCompose, CannotSample, LostWorker, MissingExtra, SignalbookError, UnknownContract, Unreadable
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

BROKEN, BUG = 3, 70
_GARBAGE = 50_000  # objects more than before, until the interpreter looks for garbage; loading makes about as many
INTERRUPTED = 130  # what shells say of a command that was stopped with Ctrl-C
_BUG = "this is a bug of signalbook, not of your files; please report it with the lines above"


def run() -> NoReturn:
    """Run the command with the words of this process, and end the process. A short run takes a fifth less time than with the interpreter's own way.

    That looks for garbage many times while modules are loaded, and in the end takes apart all that was loaded, which the system does anyway.
    """
    gc.set_threshold(_GARBAGE)
    try:
        code = main()
    except SystemExit as end:  # the help, and words that are none
        code = end.code if isinstance(end.code, int) else USAGE
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        code = code or _failed(error)
    with suppress(OSError):
        if sys.stderr is not None:
            sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code. `arguments` are the words after the program's name; None takes those of this process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A payload may hold what this terminal's encoding cannot show; a replacement character beats a crash.
            stream.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        known = parser(words[0] if words else None)
        if name := _both(words):
            known.error(f"{name!r} is an option, and a file of that name is there: write -- before the paths, or ./ before the name")
        options = known.parse_args(words)
        code: int = options.run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last resort: a traceback is never all that a user gets
        return _failed(error)
    return code


def _both(words: Sequence[str]) -> str | None:
    """Return the first word that reads as an option and is the name of a file, as globs and hooks hand them over; after -- there are none."""
    options = words[: words.index("--")] if "--" in words else words
    return next((word for word in options if word.startswith("-") and word != "-" and os.path.lexists(word)), None)


def _failed(error: BaseException) -> int:
    """Say on standard error what went wrong, and return the exit code for it."""
    match error:
        case BrokenPipeError():
            # The reader went away (head, less): not our fault, and nothing to say. Keep the interpreter from complaining at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return CLEAN
        case KeyboardInterrupt():
            return INTERRUPTED
        case UnknownContract() | Unreadable() | BrokenConfig() | LostWorker() | MissingExtra() | CannotCompose() | CannotSample():
            code, text = USAGE, str(error)
        case SignalbookError():
            code, text = BROKEN, str(error)
        case MemoryError():
            code, text = USAGE, "there is not enough memory\n    allow one document less, with --max-size or --max-keys"
        case OSError():
            # Reading payloads reports its own faults; this is a place we were told to write to, or a standard stream.
            code, text = USAGE, f"{safe(os.fsdecode(error.filename or 'output'))}: {safe(str(error.strerror or error))}"
        case _:
            import traceback  # noqa: PLC0415 - only for a bug

            code, text = BUG, "\n".join(["".join(traceback.format_exception(error)).rstrip(), _BUG])
    console.warn(text)
    return code
