"""What the kit *raises*: the registry or the caller is at fault.

A fault of a payload is never raised to a user: it becomes a finding (see `findings`) and the run goes on.
Every error here carries its data as fields and a message that says where and what to do.
The fields hold text from files, registries and arguments as it is; the message holds it so that it steers no terminal and no CI system (`terminal`).

Reading a registry raises `BrokenRegistry`; asking it for something it does not hold raises `UnknownContract`; asking it for something impossible `CannotCompose`;
a file that the caller named and that cannot be used is `Unreadable`, and a project's settings that cannot be used are `BrokenConfig`; generated types that are not there are `MissingModels`, and a library `MissingExtra`.
They are plain classes: a dataclass takes half a millisecond to make, and every run of the command waits for all of them.
"""

from __future__ import annotations

from typing import NamedTuple

from signalbook.terminal import safe


class SignalbookError(Exception):
    """The base of all errors of this package. Two are equal that say the same."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        # Worker processes send them: what they are made of, not the text of `args`.
        return type(self), tuple(vars(self).values())


class Fault(NamedTuple):
    """One thing wrong with the files of a registry.

    `file` is the path as the user would type it, `pointer` a JSON Pointer into it ("" for the whole file), `message` says what is wrong and `fix` what to do.
    """

    file: str
    pointer: str
    message: str
    fix: str

    @property
    def where(self) -> str:
        """The file, and the place in it."""
        return f"{self.file}#{self.pointer}" if self.pointer else self.file

    def __str__(self) -> str:
        return told(safe(self.where), self.message, self.fix)


def told(where: str, what: str, fix: str = "") -> str:
    """Return where something is and what it is, and in a second line what to do about it."""
    return f"{where}: {safe(what)}" + (f"\n    {safe(fix)}" if fix else "")


class BrokenRegistry(SignalbookError):
    """The tree of schemas cannot be used; `faults` holds every reason that was found, sorted by file."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"the registry is broken: {count} fault{'s' if count != 1 else ''}"
        return "\n".join([head, *(str(fault) for fault in self.faults)])


class UnknownContract(SignalbookError):
    """The registry holds nothing of that id (an event, an envelope, a version, a provider, a service); `nearest` are ids that look like it."""

    def __init__(self, wanted: str, nearest: tuple[str, ...] = ()) -> None:
        self.wanted = wanted
        self.nearest = nearest

    def __str__(self) -> str:
        advice = f"did you mean {' or '.join(map(repr, self.nearest))}?" if self.nearest else "'signalbook list' shows all there are"
        return safe(f"nothing in the registry is called {self.wanted!r}; {advice}")


class Unreadable(SignalbookError):
    """A file that the caller named cannot be used: `where` is its name, `why` says what is wrong with it, `fix` what to do."""

    def __init__(self, where: str, why: str, fix: str = "") -> None:
        self.where = where
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        return told(safe(self.where), self.why, self.fix)


class BrokenConfig(SignalbookError):
    """The settings of a project cannot be used; `faults` holds every reason that was found, each with its file and line."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"the configuration cannot be used: {count} fault{'s' if count != 1 else ''}"
        return "\n".join([head, *(str(fault) for fault in self.faults)])


class LostWorker(SignalbookError):
    """One of several processes that check payloads was killed."""

    def __init__(self) -> None:
        pass

    def __str__(self) -> str:
        return "a worker process was killed, so not everything was checked\n    was there too little memory? try fewer --jobs"


class MissingExtra(SignalbookError):
    """What was asked for needs a library that is not installed: `extra` is the name under which signalbook installs it, `library` its own."""

    def __init__(self, extra: str, library: str) -> None:
        self.extra = extra
        self.library = library

    def __str__(self) -> str:
        return f"this needs {self.library}, which is not installed\n    pip install 'signalbook[{self.extra}]'"


class MissingModels(SignalbookError):
    """There is no module with the generated types of what a payload carries: `module` is its name, `why` what importing it said."""

    def __init__(self, module: str, why: str) -> None:
        self.module = module
        self.why = why

    def __str__(self) -> str:
        return f"there are no generated types in {safe(self.module)}: {safe(self.why)}\n    run 'signalbook build', and put generated/python where Python finds it; or write a package with 'signalbook generate types', and name it: models=…"


class CannotCompose(SignalbookError):
    """An event and an envelope cannot be written as one schema; `why` says what stands in the way."""

    def __init__(self, event: str, envelope: str, why: str) -> None:
        self.event = event
        self.envelope = envelope
        self.why = why

    def __str__(self) -> str:
        return safe(f"{self.event} in {self.envelope} cannot be one schema: {self.why}")


class CannotSample(SignalbookError):
    """No payloads can be made of a contract as it was asked for: `what` names it, `why` says what stands in the way, `fix` what to do."""

    def __init__(self, what: str, why: str, fix: str = "") -> None:
        self.what = what
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        return told(f"no payloads can be made of {safe(self.what)}", self.why, self.fix)
