"""Makes payloads from contracts, as they arrive: documented ones, ones that may come tomorrow, and ones that are broken in one place.

Payloads are derived from the examples next to a contract, because those are complete and realistic: the id in the ARN is the id of the instance,
nesting is the provider's, and times are in order. A sample is an example with other ids and times, and with a few changes (`documented`,
`future`, `faults`), each of which was tried alone. `Choices` decide, based on a seed or on Hypothesis.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from signalbook.engine.hypothesis_values import Choices, Seeded
from signalbook.errors import CannotSample
from signalbook.testing.example_payload import Setting, Specimen
from signalbook.testing.field_values import Values
from signalbook.testing.places import Describer
from signalbook.testing.routes import Routes
from signalbook.testing.samples import KINDS, Fault, Kind, Sample, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Contract, Registry
    from signalbook.testing.changes import Change

__all__ = ["KINDS", "Choices", "Fault", "Kind", "Recipe", "Sample", "Sampler", "Seeded", "written"]

_IDS = 10**6
_SECONDS = 10**8  # three years
_MOST_CHANGES = {"documented": 4, "tomorrow": 3, "broken": 1}


class Sampler:
    """Makes payloads of the events of a registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._describer = Describer()
        self._values = Values(registry)
        self._routes = Routes(registry)
        self._recipes: dict[tuple[str, str, tuple[str, ...]], Recipe] = {}

    def recipes(self, event_id: str, version: str | None = None, envelope: str | None = None) -> list[Recipe]:
        """Return a recipe for each route of an event, or for the route that `envelope` names: `mns-http+cloudmonitor`, `eventbridge`, `bare`.

        Routes with masked values, those of a dry run, must be named. Raises `UnknownContract` for an unknown event, version or envelope, and
        `CannotSample` if no payload can be made.
        """
        contract = self.registry.contract(event_id, version)
        routes = [self._routes.named(contract, envelope)] if envelope else self._routes.documented(contract)
        found = [self._recipe(contract, route) for route in routes]
        if not found:
            fix = "add an example of a delivery: examples/<version>/delivered/<envelope>.json; a body alone is asked for with the envelope 'bare'"
            raise CannotSample(str(contract), "no example shows how it arrives", fix)
        return found

    def _recipe(self, contract: Contract, route: tuple[str, ...]) -> Recipe:
        key = (contract.of, contract.version, route)
        if key not in self._recipes:
            setting = Setting(
                self.registry,
                contract,
                route,
                self._routes.outermost(contract, route),
                self._describer,
                self._values,
            )
            self._recipes[key] = Recipe(setting, self._routes.examples(contract, route))
        return self._recipes[key]


class Recipe:
    """Makes the payloads of one version of an event on one route."""

    def __init__(self, setting: Setting, values: list[Any]) -> None:
        made = [Specimen(setting, value) for value in values]
        self.route = setting.route
        self.contract = setting.contract
        self.outermost = setting.outermost
        self._specimens = [specimen for specimen in made if specimen.fits]
        self._setting = setting
        if not self._specimens:
            what = f"{setting.contract} in {written(setting.route)}"
            fix = "run 'signalbook lint', and look at the examples beside the contract"
            raise CannotSample(
                what,
                "none of its examples is a valid payload"
                if values
                else "it has no example to make them from",
                fix,
            )

    @property
    def is_old(self) -> bool:
        """Whether it makes payloads of a version other than the newest."""
        return self._setting.registry.events[self.contract.of].newest.version != self.contract.version

    @cached_property
    def _fullest(self) -> Specimen:
        """The payload in which every field can vary: the first, with every field that its contracts describe."""
        first = self._specimens[0]
        most = [
            change
            for kind in ("most", "present")
            for change in first.usable("documented")
            if change.kind == kind
        ]
        # All fields at once if none exclude each other; else one by one, as far as they are compatible.
        made = next(
            (
                found
                for some in (most[:1], most)
                if some and (found := first.sample("documented", 0, 0, some))
            ),
            None,
        )
        return Specimen(self._setting, made.value) if made else first

    @cached_property
    def _all(self) -> list[Specimen]:
        # The fullest comes last: it is the least realistic.
        return [*self._specimens, self._fullest]

    def sample(self, choices: Choices, kind: Kind = "documented") -> Sample:
        """Return a payload of a kind. The lower the choices, the closer it is to the first example. Raises ValueError for an unknown kind."""
        if kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}, and not {kind!r}")
        specimen = self._all[choices.integer(0, len(self._all) - 1)]
        ids, seconds = choices.integer(0, _IDS), choices.integer(0, _SECONDS)
        changes = [
            specimen.chosen("documented", choices.integer(0, specimen.count("documented") - 1))
            for _ in range(self._many(choices, specimen))
        ]
        own = [] if kind == "documented" else self._own(choices, specimen, kind)
        usual = list({change.about: change for change in changes if change}.values())
        few: list[Change] = []
        # Two changes that work alone may be incompatible. Each try uses fewer; the last one is known to work.
        tries = ((usual, ids, seconds), (usual[:1], ids, seconds), (few, ids, seconds), (few, 0, 0))
        for some, other, later in tries:
            if made := specimen.sample(kind, other, later, [*some, *own]):
                return made
        return self._simplest(specimen, kind, own)

    def _many(self, choices: Choices, specimen: Specimen) -> int:
        return choices.integer(0, _MOST_CHANGES["documented"]) if specimen.count("documented") else 0

    def _own(self, choices: Choices, specimen: Specimen, kind: Kind) -> list[Change]:
        count = choices.integer(1, _MOST_CHANGES[kind])
        found = [specimen.chosen(kind, choices.integer(0, specimen.count(kind) - 1)) for _ in range(count)]
        return list({change.about: change for change in found if change}.values())

    def _simplest(self, specimen: Specimen, kind: Kind, own: list[Change]) -> Sample:
        made = next((found for one in reversed(own) if (found := specimen.sample(kind, 0, 0, [one]))), None)
        if made is None:
            raise CannotSample(
                f"{self.contract} in {written(self.route)}", f"there is no {kind} payload of it"
            )
        return made

    def cases(self, kind: Kind) -> Iterator[Sample]:
        """Yield one payload per single variation of a kind; for documented ones, also every example unchanged."""
        if kind == "documented":
            yield from (made for specimen in self._specimens if (made := specimen.sample(kind, 0, 0, [])))
        full = self._fullest
        yield from (made for change in full.usable(kind) if (made := full.sample(kind, 0, 0, [change])))


def seeded(recipes: list[Recipe], kind: Kind, seed: int, count: int) -> Iterator[Sample]:
    """Yield `count` payloads from recipes. Equal seeds yield equal payloads, and a larger count starts with the same ones."""
    for number in range(count):
        choices = Seeded(f"{seed} {number}")
        yield recipes[choices.integer(0, len(recipes) - 1)].sample(choices, kind)
