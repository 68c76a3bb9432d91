"""Options of `signalbook validate`: contracts, report formats, project files and input limits."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from signalbook.engine.levels import LEVELS
from signalbook.reporting import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of `validate`, except its paths."""
    _contracts(parser.add_argument_group("contracts"))
    _report(parser.add_argument_group("reports"))
    _project(parser.add_argument_group("project"))
    _amount(parser.add_argument_group("performance and limits"))


def _contracts(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--event", metavar="ID", help="validate against this event, whatever event the payload names"
    )
    when = group.add_mutually_exclusive_group()
    when.add_argument(
        "--version",
        metavar="X",
        help="a version of the contract, or 'any' for the newest that accepts the payload (default: the newest)",
    )
    when.add_argument(
        "--at",
        metavar="DAY",
        type=_day,
        help="the versions known on a day, for example 2024-05-31, or 'payload' for the day that each payload gives (default: the newest)",
    )
    group.add_argument("--level", choices=LEVELS, help="how strictly to validate (default: documented)")


def _report(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--format", choices=FORMATS, default="text", help="report format on standard output (default: text)"
    )
    group.add_argument(
        "--report",
        metavar="FORMAT=FILE",
        type=_report_file,
        action="append",
        default=[],
        help="also write the report to a file, in its own format; repeatable",
    )
    group.add_argument(
        "--show",
        choices=("all", "findings", "none"),
        help="which payloads to show on standard output: all, those with findings, or none (default: all)",
    )
    group.add_argument(
        "--summary",
        action="store_true",
        help="end with counts of payloads by event, version and status, and of findings by rule",
    )
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="when to use colours in text (default: on a terminal, unless NO_COLOR is set)",
    )


def _project(group: argparse._ArgumentGroup) -> None:
    where = group.add_mutually_exclusive_group()
    where.add_argument(
        "--config",
        metavar="FILE",
        help="the config file (default: the nearest signalbook.toml, or pyproject.toml with [tool.signalbook])",
    )
    where.add_argument("--no-config", action="store_true", help="do not use a config file")
    old = group.add_mutually_exclusive_group()
    old.add_argument("--baseline", metavar="FILE", help="ignore the errors recorded in this file")
    old.add_argument(
        "--write-baseline", metavar="FILE", help="record the current errors in this file, and exit with 0"
    )
    group.add_argument(
        "--exclude",
        metavar="GLOB",
        action="append",
        help="skip matching files in folders and globs, with .gitignore patterns such as 'broken/**'; repeatable",
    )


def _amount(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--jobs",
        type=_number(0),
        metavar="N",
        help="number of processes; 0 for one per processor (default: 1)",
    )
    group.add_argument(
        "--max-size",
        type=_number(1),
        metavar="BYTES",
        help="maximum size of one document, after decompression (default: 64 MiB)",
    )
    group.add_argument(
        "--max-depth",
        type=_number(1),
        metavar="N",
        help="maximum nesting of arrays and objects in one document, up to 254 (default: 128)",
    )
    group.add_argument(
        "--max-string",
        type=_number(1),
        metavar="BYTES",
        help="maximum length of one string (default: 16 MiB)",
    )
    group.add_argument(
        "--max-keys",
        type=_number(1),
        metavar="N",
        help="maximum number of object members and array items in one document (default: 1000000)",
    )
    group.add_argument(
        "--max-expansion",
        type=_number(0),
        metavar="N",
        help="how many times its size a gzip file may expand to, after the first 64 MiB; 0 for no limit (default: 200)",
    )


def _number(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or len(text) > 15 or int(text) < least:  # noqa: PLR2004 - larger than any machine needs
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {least} or more")
        return int(text)

    return number


def _day(text: str) -> str:
    from signalbook.validation.contracts import PAYLOAD, day_of  # noqa: PLC0415 - only needed for this option

    if text == PAYLOAD:
        return text
    try:
        return day_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; use an existing day or 'payload'") from None


def _report_file(text: str) -> tuple[str, str]:
    form, _, path = text.partition("=")
    if form not in FORMATS or not path:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not FORMAT=FILE, such as junit=report.xml; the formats are {', '.join(FORMATS)}"
        )
    return form, path
