"""Parses a TOML file into `Config` and reports all faults at once. `meta/config.schema.json` defines the settings."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from signalbook.config import toml_lines
from signalbook.config.settings import SHARED, TABLE, Config, Ignore, checker
from signalbook.engine import suggestions
from signalbook.errors import BrokenConfig, Unreadable
from signalbook.reading import files
from signalbook.validation.contracts import PAYLOAD, day_of
from signalbook.validation.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.problems import Problem
    from signalbook.errors import Fault

_MOST = 2**53
"""Largest number that every JSON reader represents exactly; no setting comes near it."""


_MESSAGES = {
    "unknown-field": "unknown key",
    "pattern": "has an invalid format",
    "format": "has an invalid format",
    "minProperties": "does not select any findings",
    "minItems": "is empty",
}
"""Messages by rule, where those of the engine only fit payloads."""


def has_table(data: bytes) -> bool:
    """Return whether the bytes of a `pyproject.toml` have our table. True for invalid TOML, which `load` reports."""
    try:
        _inside(tomllib.loads(data.decode()), TABLE)
    except ValueError:
        return True
    except KeyError:
        return False
    return True


def load(path: str) -> Config:
    """Load a configuration file. Raises `Unreadable` and `BrokenConfig`, see `config.load`."""
    table = TABLE if os.path.basename(path) == SHARED else ()  # noqa: PTH119 - keeps the path as written
    document = _document(path)
    try:
        value = _inside(document, table)
    except KeyError:
        raise Unreadable(
            path, f"has no table [{'.'.join(TABLE)}]", "add it, or use a separate file: signalbook.toml"
        ) from None
    return configuration(path, table, value)


def configuration(path: str, table: tuple[str, ...], value: Any) -> Config:
    """Return the configuration of a TOML value, read from a table of a file. Raises `BrokenConfig`."""
    plain = _plain(value)
    if faults := sorted(_faults(path, table, plain), key=_line):
        raise BrokenConfig(tuple(faults))
    return _config(path, table, plain)


def _document(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(files.read_regular(path).decode())
    except OSError as error:
        raise Unreadable(
            path,
            f"cannot be read: {error.strerror}",
            "pass an existing file with --config FILE, or use --no-config",
        ) from None
    except tomllib.TOMLDecodeError as error:
        found = re.fullmatch(
            r"(?P<what>.*) \(at (?:line (?P<line>[0-9]+), column [0-9]+|end of document)\)",
            str(error),
            re.DOTALL,
        )
        line = f":{found['line']}" if found and found["line"] else ""
        raise Unreadable(
            f"{path}{line}",
            f"is not valid TOML: {found['what'] if found else error}",
            "fix the syntax; https://toml.io describes the format",
        ) from None
    except ValueError as error:
        raise Unreadable(path, f"is not valid TOML: {error}", "save it as UTF-8") from None


def _inside(document: dict[str, Any], table: tuple[str, ...]) -> dict[str, Any]:
    for key in table:
        document = document[key] if isinstance(document, dict) else {}[key]
    return document


def _plain(value: Any) -> Any:
    """Convert a TOML value to a JSON value: dates and times become strings, and so do numbers that JSON cannot represent."""
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case date() | datetime() | time():
            return value.isoformat()
        case bool():
            return value
        case int() | float() if not abs(value) <= _MOST:
            return str(value)
        case _:
            return value


def _faults(path: str, table: tuple[str, ...], value: Any) -> Iterator[Fault]:
    problems = checker("config").problems(value)
    incomplete = {problem.path for problem in problems if problem.rule == "required"}
    # Report what is missing once: adding the required keys also satisfies minProperties.
    problems = [
        problem for problem in problems if problem.rule != "minProperties" or problem.path not in incomplete
    ]
    for problem in problems:
        keys = (
            problem.path
            if problem.rule != "unknown-field" or not problem.field
            else (*_without(problem.path, problem.field), problem.field)
        )
        yield toml_lines.fault(path, table, keys, _MESSAGES.get(problem.rule, problem.message), _fix(problem))
    if not isinstance(value, dict):
        return
    wrong = {problem.path for problem in problems}
    at = value.get("at")
    if isinstance(at, str) and at != PAYLOAD and ("at",) not in wrong:
        try:
            day_of(at)
        except ValueError as error:
            yield toml_lines.fault(path, table, ("at",), str(error), f"use a day that exists, or {PAYLOAD!r}")
    entries = value.get("ignore")
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        rule = entry.get("rule") if isinstance(entry, dict) else None
        if isinstance(rule, str) and rule not in (names := [one.name for one in RULES]):
            near = suggestions.nearest(rule, names)
            fix = (
                f"did you mean {' or '.join(map(repr, near))}?"
                if near
                else "docs/reference/findings.md lists the rules, and reports name the rule of each finding"
            )
            yield toml_lines.fault(path, table, ("ignore", place, "rule"), f"unknown rule {rule!r}", fix)


def _line(fault: Fault) -> int:
    line = fault.file.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


def _without(path: tuple[str | int, ...], field: str) -> tuple[str | int, ...]:
    return path[:-1] if path[-1:] == (field,) else path


def _fix(problem: Problem) -> str:
    if problem.rule == "minProperties":
        return "select findings with rule, event, path or pointer: an ignore cannot match everything"
    if problem.rule == "required":
        return problem.hint or f"add {problem.field}"
    if problem.hint:
        return problem.hint
    return (
        f"expected {problem.expected}"
        if problem.expected
        else "remove it; docs/reference/configuration.md lists the keys"
    )


def _config(path: str, table: tuple[str, ...], value: dict[str, Any]) -> Config:
    folder = os.path.relpath(os.path.dirname(os.path.abspath(path)))  # noqa: PTH100, PTH120 - relative to the working directory, for messages
    schemas, baseline = (
        _seen(folder, value[name]) if name in value else None for name in ("schemas", "baseline")
    )
    at = value.get("at")
    return Config(
        path,
        table,
        paths=tuple(_seen(folder, one) for one in value.get("paths", ())),
        exclude=tuple(_glob(folder, one) for one in value.get("exclude", ())),
        ignore=tuple(Ignore(**entry) for entry in value.get("ignore", ())),
        at=at if at in (None, PAYLOAD) else day_of(at),
        schemas=schemas,
        baseline=baseline,
        **{name: value[name] for name in ("level", "pins", "show", "jobs", "limits") if name in value},
    )


def _seen(folder: str, path: str) -> str:
    """Resolve a path that is relative to the configuration file against the working directory."""
    return path if folder == os.curdir else os.path.relpath(os.path.join(folder, path))  # noqa: PTH118


def _glob(folder: str, glob: str) -> str:
    """Resolve a glob like `_seen` does; a glob that matches at any depth stays unchanged."""
    anywhere = glob.startswith("**/") or "/" not in glob.rstrip("/")
    return (
        glob
        if anywhere
        else _seen(folder, glob).replace(os.sep, "/") + "/" * glob.endswith("/") * (folder != os.curdir)
    )
