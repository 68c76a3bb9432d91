"""Defines the settings of a configuration, with paths relative to the working directory."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.engine import suggestions
from signalbook.engine.schema_validator import Checker
from signalbook.errors import BrokenConfig, Fault, UnknownContract
from signalbook.reading import strict_json
from signalbook.registry.tree_reader import META
from signalbook.validation.contracts import contract_pinned

if TYPE_CHECKING:
    from signalbook.config.ignores import Ignores
    from signalbook.engine.levels import Level
    from signalbook.registry import Registry


OWN, SHARED = "signalbook.toml", "pyproject.toml"
TABLE = ("tool", "signalbook")
"""Keys of the settings table in a `pyproject.toml`."""


@cache
def checker(name: str) -> Checker:
    """Return the checker for a kind of file: `config` or `baseline`."""
    return Checker(strict_json.loads((META / f"{name}.schema.json").read_bytes()))


class Ignore(NamedTuple):
    """Findings that do not count until a day (yyyy-MM-dd), for a reason. At least one of `rule`, `event`, `path` and `pointer` selects them."""

    reason: str
    until: str
    rule: str | None = None
    event: str | None = None
    path: str | None = None
    pointer: str | None = None


class Config(NamedTuple):
    """Settings of a file; those that are not set are None or an empty tuple or dict.

    `file` is the path of the file as it was given, `table` the keys of the settings table in it. Other paths are relative to the working directory.
    """

    file: str
    table: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    level: Level | None = None
    schemas: str | None = None
    at: str | None = None
    pins: dict[str, str] = {}  # noqa: RUF012 - never changed; a read-only mapping cannot be pickled for a worker process
    ignore: tuple[Ignore, ...] = ()
    baseline: str | None = None
    show: str | None = None
    jobs: int | None = None
    limits: dict[str, int] = {}  # noqa: RUF012

    def options(self) -> dict[str, Any]:
        """Return the settings by the names of the corresponding `validate` options; settings that are not set are left out."""
        named = {
            name: getattr(self, name)
            for name in ("paths", "exclude", "level", "schemas", "at", "pins", "baseline", "show", "jobs")
        }
        return {name: value for name, value in named.items() if value} | {
            f"max_{name}": value for name, value in self.limits.items()
        }

    def ignores(self, today: str) -> Ignores:
        """Return the ignores on a given day (yyyy-MM-dd)."""
        from signalbook.config.ignores import Ignores  # noqa: PLC0415 - most configurations have none

        return Ignores(self, today)

    def check(self, registry: Registry) -> None:
        """Check that the registry has every event, envelope and version that the settings name. Raises `BrokenConfig`."""
        faults = [
            fault
            for event, version in self.pins.items()
            if (fault := self._unknown_pin(registry, event, version))
        ]
        faults += [
            fault
            for place, one in enumerate(self.ignore)
            if one.event and (fault := self._unknown_event(registry, place, one.event))
        ]
        if faults:
            raise BrokenConfig(tuple(faults))

    def _unknown_pin(self, registry: Registry, event: str, version: str) -> Fault | None:
        try:
            contract_pinned(registry, event, version)
        except UnknownContract as error:
            if "@" in error.wanted:
                fix = f"its versions are {', '.join(name.rpartition('@')[2] for name in error.nearest)}"
            else:
                fix = (
                    f"did you mean {error.nearest[0]!r}?"
                    if error.nearest
                    else "run 'signalbook list' to see all events"
                )
            return self.fault(("pins", event), f"{error.wanted} is not in the registry", fix)
        return None

    def _unknown_event(self, registry: Registry, place: int, event: str) -> Fault | None:
        known = {"/".join(one.split("/")[:words]) for one in registry.events for words in (1, 2, 3)}
        if event in known:
            return None
        near = suggestions.nearest(event, sorted(known))
        fix = (
            f"did you mean {near[0]!r}?"
            if near
            else "use an event, a service or a provider: run 'signalbook list' to see all events"
        )
        return self.fault(("ignore", place, "event"), f"unknown event or service {event!r}", fix)

    def fault(self, keys: tuple[str | int, ...], message: str, fix: str) -> Fault:
        """Return a fault of a setting, with its line number."""
        from signalbook.config import toml_lines  # noqa: PLC0415 - only needed for faults

        return toml_lines.fault(self.file, self.table, keys, message, fix)
