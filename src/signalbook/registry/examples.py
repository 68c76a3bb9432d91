"""Finds the examples of a contract: the folder gives the expected verdict, and the file name says what the example shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from signalbook.reading import json_text, strict_json
from signalbook.registry import naming

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
        """The parts of the file name, without the extension."""
        return tuple(self.file.name.removesuffix(".json").split("--"))

    @property
    def value(self) -> Any:
        """The parsed payload. Raises `NotJSON`."""
        return strict_json.loads(self.file.read_bytes())


def folder(registry: Registry, contract: Contract) -> Path:
    """Return the folder of a contract's examples."""
    return registry.root / naming.folder(contract.of) / "examples" / contract.version


def of(registry: Registry, contract: Contract, kind: Kind) -> Iterator[Example]:
    """Yield the examples of one kind, sorted by name."""
    for file in sorted((folder(registry, contract) / kind).glob("*.json")):
        # Reading a pipe blocks and a device never ends, so skip them: lint reports what is not a file.
        if file.is_file():
            yield Example(file, kind)


def read(found: Iterable[Example]) -> Iterator[tuple[Example, Any]]:
    """Yield examples with their payloads. Skips files that are not JSON, because lint reports them."""
    for example in found:
        try:
            yield example, example.value
        except json_text.NotJSON:
            continue


def readable(found: Iterable[Example]) -> Iterator[Any]:
    """Yield the payloads of examples. Skips files that are not JSON."""
    return (payload for _, payload in read(found))


def shown(registry: Registry, contract: Contract) -> Any | None:
    """Return the payload of the valid example to show to readers: the realistic one, or else the first. None if there is none."""
    found = sorted(of(registry, contract, "valid"), key=lambda example: example.words[0] != "realistic")
    return next(readable(found), None)
