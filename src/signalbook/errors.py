"""What the kit *raises*: the registry or the caller is at fault.

A fault of a payload is never raised to a user: it becomes a finding (see `findings`) and the run goes on.
Every error here carries its data as fields and a message that says where and what to do.

Reading a registry raises `BrokenRegistry`; asking it for something it does not hold raises `UnknownContract`; asking it for something impossible `CannotCompose`;
a file that the caller named and that cannot be used is `Unreadable`; generated types that are not there are `MissingModels`, and a library `MissingExtra`.
They are plain dataclasses and not frozen ones, because a frozen exception cannot be raised through a context manager.
"""

from __future__ import annotations

from dataclasses import dataclass


class SignalbookError(Exception):
    """The base of all errors of this package."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
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
        return f"{self.where}: {self.message}\n    {self.fix}"


@dataclass(eq=True, unsafe_hash=True)
class BrokenRegistry(SignalbookError):
    """The tree of schemas cannot be used; `faults` holds every reason that was found, sorted by file."""

    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"the registry is broken: {count} fault{'s' if count != 1 else ''}"
        return "\n".join([head, *(str(fault) for fault in self.faults)])


@dataclass(eq=True, unsafe_hash=True)
class UnknownContract(SignalbookError):
    """The registry holds nothing of that id (an event, an envelope, a version, a provider, a service); `nearest` are ids that look like it."""

    wanted: str
    nearest: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.nearest:
            return f"nothing in the registry is called {self.wanted!r}; did you mean {' or '.join(map(repr, self.nearest))}?"
        return f"nothing in the registry is called {self.wanted!r}; 'signalbook list' shows all there are"


@dataclass(eq=True, unsafe_hash=True)
class Unreadable(SignalbookError):
    """A file that the caller named cannot be used: `where` is its name, `why` says what is wrong with it, `fix` what to do."""

    where: str
    why: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.why}" + (f"\n    {self.fix}" if self.fix else "")


@dataclass(eq=True, unsafe_hash=True)
class MissingExtra(SignalbookError):
    """What was asked for needs a library that is not installed: `extra` is the name under which signalbook installs it, `library` its own."""

    extra: str
    library: str

    def __str__(self) -> str:
        return f"this needs {self.library}, which is not installed\n    pip install 'signalbook[{self.extra}]'"


@dataclass(eq=True, unsafe_hash=True)
class MissingModels(SignalbookError):
    """There is no module with the generated types of what a payload carries: `module` is its name, `why` what importing it said."""

    module: str
    why: str

    def __str__(self) -> str:
        return f"there are no generated types in {self.module}: {self.why}\n    run 'signalbook build', and put generated/python where Python finds it; or write a package with 'signalbook generate types', and name it: models=…"


@dataclass(eq=True, unsafe_hash=True)
class CannotCompose(SignalbookError):
    """An event and an envelope cannot be written as one schema; `why` says what stands in the way."""

    event: str
    envelope: str
    why: str

    def __str__(self) -> str:
        return f"{self.event} in {self.envelope} cannot be one schema: {self.why}"


@dataclass(eq=True, unsafe_hash=True)
class CannotSample(SignalbookError):
    """No payloads can be made of a contract as it was asked for: `what` names it, `why` says what stands in the way, `fix` what to do."""

    what: str
    why: str
    fix: str = ""

    def __str__(self) -> str:
        return f"no payloads can be made of {self.what}: {self.why}" + (f"\n    {self.fix}" if self.fix else "")
