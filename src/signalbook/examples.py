"""The examples beside a contract: the folder says the verdict, the file name says what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from signalbook import jsontext, naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from signalbook.registry import Contract, Registry

Kind = Literal["valid", "invalid", "delivered", "unreadable"]
KINDS: tuple[Kind, ...] = ("valid", "invalid", "delivered", "unreadable")


@dataclass(frozen=True, slots=True)
class Example:
    """One example file of a contract. `words` are the parts of its name between double hyphens: `eventTime--pattern` → ("eventTime", "pattern")."""

    file: Path
    kind: Kind

    @property
    def words(self) -> tuple[str, ...]:
        """The parts of the file's name that mean something."""
        return tuple(self.file.name.removesuffix(".json").split("--"))

    @property
    def value(self) -> Any:
        """The payload. Raises `NotJSON`."""
        return jsontext.loads(self.file.read_bytes())


def folder(registry: Registry, contract: Contract) -> Path:
    """Return the folder of a contract's examples."""
    return registry.root / naming.folder(contract.of) / "examples" / contract.version


def of(registry: Registry, contract: Contract, kind: Kind) -> Iterator[Example]:
    """Yield the examples of one kind, in the order of their names."""
    for file in sorted((folder(registry, contract) / kind).glob("*.json")):
        # A pipe would be waited for, and a device never ends: lint reports what is no file.
        if file.is_file():
            yield Example(file, kind)


def read(found: Iterable[Example]) -> Iterator[tuple[Example, Any]]:
    """Yield some examples with their payloads; one that is no JSON is left out, because lint reports it."""
    for example in found:
        try:
            yield example, example.value
        except jsontext.NotJSON:
            continue


def readable(found: Iterable[Example]) -> Iterator[Any]:
    """Yield the payloads of some examples; one that is no JSON is left out."""
    return (payload for _, payload in read(found))


def shown(registry: Registry, contract: Contract) -> Any | None:
    """Return the valid example to show a reader: the realistic one, or else the first."""
    found = sorted(of(registry, contract, "valid"), key=lambda example: example.words[0] != "realistic")
    return next(readable(found), None)
