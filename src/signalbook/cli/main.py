"""Entry point of the command: parses arguments, calls one function, and returns its exit code.

Exit codes: 0 clean · 1 findings · 2 usage error · 3 broken registry · 70 bug in signalbook.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from signalbook.cli import console
from signalbook.cli.arguments import parser
from signalbook.cli.console import CLEAN, USAGE
from signalbook.errors import (
    BrokenConfig,
    CannotCompose,
    CannotSample,
    LostWorker,
    MissingExtra,
    SignalbookError,
    UnknownContract,
    Unreadable,
)
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

BROKEN, BUG = 3, 70
_GARBAGE = 50_000  # garbage collection threshold in objects; loading creates about as many
INTERRUPTED = 130  # exit code that shells report for Ctrl-C
_BUG = "this is a bug in signalbook, not in your files; please report it with the lines above"


def run() -> NoReturn:
    """Run the command with the arguments of this process, and end the process.

    Short runs are a fifth faster than with the default startup and shutdown: Python would collect garbage many times while it imports modules, and
    would tear down every loaded object at exit, which the operating system does anyway.
    """
    gc.set_threshold(_GARBAGE)
    try:
        code = main()
    except SystemExit as end:  # help, and invalid arguments
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
    """Run the command and return its exit code. `arguments` excludes the program name; None uses the arguments of this process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A payload may contain characters that the terminal's encoding cannot show; escape them instead of crashing.
            stream.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        known = parser(words[0] if words else None)
        if name := _both(words):
            known.error(
                f"{name!r} is an option, but a file with that name exists: write -- before the paths, or ./ before the name"
            )
        options = known.parse_args(words)
        code: int = options.run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - last resort: users never see only a traceback
        return _failed(error)
    return code


def _both(words: Sequence[str]) -> str | None:
    """Return the first argument before `--` that is both an option and the name of a file, as globs and hooks pass them."""
    options = words[: words.index("--")] if "--" in words else words
    return next(
        (word for word in options if word.startswith("-") and word != "-" and os.path.lexists(word)), None
    )


def _failed(error: BaseException) -> int:
    """Report an error on standard error, and return its exit code."""
    match error:
        case BrokenPipeError():
            # The reader closed the pipe (head, less), which is not an error. Keep the interpreter from complaining at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return CLEAN
        case KeyboardInterrupt():
            return INTERRUPTED
        case (
            UnknownContract()
            | Unreadable()
            | BrokenConfig()
            | LostWorker()
            | MissingExtra()
            | CannotCompose()
            | CannotSample()
        ):
            code, text = USAGE, str(error)
        case SignalbookError():
            code, text = BROKEN, str(error)
        case MemoryError():
            code, text = (
                USAGE,
                "not enough memory\n    lower the limits of one document with --max-size or --max-keys",
            )
        case OSError():
            # Errors of reading payloads are reported elsewhere; this is an output path or a standard stream.
            code, text = (
                USAGE,
                f"{safe(os.fsdecode(error.filename or 'output'))}: {safe(str(error.strerror or error))}",
            )
        case _:
            import traceback  # noqa: PLC0415 - only needed for a bug

            code, text = BUG, "\n".join(["".join(traceback.format_exception(error)).rstrip(), _BUG])
    console.warn(text)
    return code
