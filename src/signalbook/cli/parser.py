"""The argparse parser of the command: safe error messages, and `--version`."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

from signalbook.cli import console
from signalbook.terminal import safe


class Parser(argparse.ArgumentParser):
    """Argument parser that escapes arguments in its error messages. Sub-commands use the same class.

    Raises an error, instead of ignoring it, if help cannot be written to standard output.
    """

    def error(self, message: str) -> NoReturn:
        """Exit with a usage error, whose message is escaped."""
        super().error(safe(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        if message and file is not None and file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)


class Version(argparse.Action):
    """Prints the version of signalbook."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and exit."""
        from importlib.metadata import version  # noqa: PLC0415 - takes 20 ms, and only this option needs it

        console.say(f"signalbook {version('signalbook')}")
        parser.exit()
