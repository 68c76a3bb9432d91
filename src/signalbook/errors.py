"""Exceptions that signalbook raises when the registry or the caller is at fault.

A faulty payload never raises to the user: it becomes a finding (see `findings`), and the run continues.
Every exception carries its data as fields, and a message that says where the problem is and what to do about it.
Fields hold text from files, registries and arguments unchanged. The message escapes that text, so that it cannot control a terminal or a CI system
(see `terminal`).

- `BrokenRegistry`: the registry cannot be read.
- `UnknownContract`: the registry does not contain the requested id.
- `CannotCompose` and `CannotSample`: the registry cannot build the requested schema or payloads.
- `Unreadable`: a file that the caller named cannot be used.
- `BrokenConfig`: the settings of a project cannot be used.
- `LostWorker`: a worker process was killed.
- `MissingModels`: the generated types are missing.
- `MissingExtra`: an optional dependency is not installed.

The exceptions are plain classes, because creating a dataclass takes half a millisecond and every run of the command imports all of them.
"""

from __future__ import annotations

from typing import NamedTuple

from signalbook.terminal import safe


class SignalbookError(Exception):
    """Base class of all exceptions in this package. Two exceptions are equal if their type and fields are equal."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        # Worker processes pickle these exceptions: rebuild them from their fields, not from `args`.
        return type(self), tuple(vars(self).values())


class Fault(NamedTuple):
    """One error in the files of a registry or in a project's settings.

    `file` is the path as the user would type it. `pointer` is a JSON Pointer into the file ("" for the whole file). `message` says what is wrong,
    and `fix` what to do about it.
    """

    file: str
    pointer: str
    message: str
    fix: str

    @property
    def where(self) -> str:
        """The file, followed by `#` and the JSON Pointer if there is one."""
        return f"{self.file}#{self.pointer}" if self.pointer else self.file

    def __str__(self) -> str:
        return told(safe(self.where), self.message, self.fix)


def told(where: str, what: str, fix: str = "") -> str:
    """Return an error message: the location and the problem, and on a second line the fix."""
    return f"{where}: {safe(what)}" + (f"\n    {safe(fix)}" if fix else "")


class BrokenRegistry(SignalbookError):
    """The schema tree cannot be used. `faults` holds every error found, sorted by file."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"the registry is broken: {count} error{'s' if count != 1 else ''}"
        return "\n".join([head, *(str(fault) for fault in self.faults)])


class UnknownContract(SignalbookError):
    """The registry contains nothing with the id `wanted` (an event, envelope, version, provider or service).

    `nearest` holds similar ids.
    """

    def __init__(self, wanted: str, nearest: tuple[str, ...] = ()) -> None:
        self.wanted = wanted
        self.nearest = nearest

    def __str__(self) -> str:
        advice = (
            f"did you mean {' or '.join(map(repr, self.nearest))}?"
            if self.nearest
            else "run 'signalbook list' to see all events"
        )
        return safe(f"{self.wanted!r} is not in the registry; {advice}")


class Unreadable(SignalbookError):
    """A file that the caller named cannot be used. `where` is its name, `why` says what is wrong with it, and `fix` what to do about it."""

    def __init__(self, where: str, why: str, fix: str = "") -> None:
        self.where = where
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        return told(safe(self.where), self.why, self.fix)


class BrokenConfig(SignalbookError):
    """The settings of a project cannot be used. `faults` holds every error found, each with its file and line."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"the config file is invalid: {count} error{'s' if count != 1 else ''}"
        return "\n".join([head, *(str(fault) for fault in self.faults)])


class LostWorker(SignalbookError):
    """A worker process that checks payloads was killed."""

    def __init__(self) -> None:
        pass

    def __str__(self) -> str:
        return "a worker process was killed, so some payloads were not checked\n    memory may have run out: try fewer --jobs"


class MissingExtra(SignalbookError):
    """The requested feature needs a library that is not installed.

    `extra` is the name of the signalbook extra that installs it, `library` the name of the library.
    """

    def __init__(self, extra: str, library: str) -> None:
        self.extra = extra
        self.library = library

    def __str__(self) -> str:
        return (
            f"this needs {self.library}, which is not installed\n    pip install 'signalbook[{self.extra}]'"
        )


class MissingModels(SignalbookError):
    """The module with the generated payload types is missing. `module` is its name, and `why` the error from importing it."""

    def __init__(self, module: str, why: str) -> None:
        self.module = module
        self.why = why

    def __str__(self) -> str:
        return f"cannot load generated types from {safe(self.module)}: {safe(self.why)}\n    run 'signalbook build' and add generated/python to the Python path; or generate a package with 'signalbook generate types' and pass its name as models=…"


class CannotCompose(SignalbookError):
    """An event and an envelope cannot be combined into one schema. `why` gives the reason."""

    def __init__(self, event: str, envelope: str, why: str) -> None:
        self.event = event
        self.envelope = envelope
        self.why = why

    def __str__(self) -> str:
        return safe(f"cannot combine {self.event} and {self.envelope} into one schema: {self.why}")


class CannotSample(SignalbookError):
    """Payloads cannot be generated as requested. `what` names the contract, `why` gives the reason, and `fix` says what to do about it."""

    def __init__(self, what: str, why: str, fix: str = "") -> None:
        self.what = what
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        return told(f"cannot generate payloads for {safe(self.what)}", self.why, self.fix)
