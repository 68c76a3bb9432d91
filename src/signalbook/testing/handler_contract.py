"""Defines a handler's promise for an event and tests it: single cases, then drawn payloads, and finally whether it read everything it was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signalbook.codegen import writer
from signalbook.envelopes.opener import open_payload
from signalbook.reading import strict_json
from signalbook.terminal import block, safe
from signalbook.testing import stored_payloads
from signalbook.testing import stored_payloads as stored
from signalbook.testing.encounters import Encounters
from signalbook.testing.stored_payloads import PassedOver, noted
from signalbook.validation.parsing import ParseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from signalbook.registry import Registry
    from signalbook.testing.calls import Handler, Outcome
    from signalbook.testing.sampler import Choices, Kind, Recipe, Sample


__tracebackhide__ = True  # tracebacks of failing handlers show only the handler

_LEAST_SEEN = 3
_MOST_TOLD = 9


@dataclass
class Looks:
    """Counts per route: traced calls, those that read inside the envelopes, and of payloads with several events, those that read past the first."""

    watched: int = 0
    inside: int = 0
    several: int = 0
    beyond: int = 0
    example: Sample | None = None
    example_of_several: Sample | None = None


@dataclass
class Failure:
    """A payload on which a handler failed, and the exception."""

    sample: Sample
    error: Exception


@dataclass
class Promise:
    """A handler's promise to survive an event's payloads.

    It raises nothing for documented and "tomorrow" payloads, and only declared exceptions for broken ones. It may refuse a payload whose event has an
    unknown name like a broken one. `test` is the node id of the test, once it runs.
    """

    recipes: list[Recipe]
    kinds: tuple[Kind, ...]
    handler: Handler
    raises: tuple[type[Exception], ...]
    registry: Registry
    test: str = ""
    reporting: bool = False
    by_case: bool = False
    failures: list[Failure] = field(default_factory=list)
    looks: dict[tuple[str, ...], Looks] = field(default_factory=dict)
    met: dict[str, Encounters] = field(default_factory=dict)

    def drawn(self, choices: Choices) -> Sample:
        """Return a payload of one of the kinds, on one of the routes."""
        kind = self.kinds[choices.integer(0, len(self.kinds) - 1)]
        return self.recipes[choices.integer(0, len(self.recipes) - 1)].sample(choices, kind)

    def begin(self, arguments: dict[str, Any]) -> None:
        """Reset the state of an earlier run, and determine which form of payload the handler takes."""
        self.failures.clear()
        self.by_case = False
        self.looks.clear()
        self.met.clear()
        self.handler.settle(next(self.recipes[0].cases("documented")), arguments)

    def keep(self, sample: Sample, arguments: dict[str, Any]) -> None:
        """Call the handler with a payload. An exception that breaks the promise is raised again, with a note about the payload."""
        outcome = self.handler.call(sample, arguments)
        if self.reporting:
            self._count(sample, outcome)
        self._look(sample, outcome)
        if outcome.error is not None and not self.may_raise(sample, outcome.error):
            self.failures.append(Failure(sample, outcome.error))
            raise noted(outcome.error, sample, self.test)

    def may_raise(self, sample: Sample, error: Exception) -> bool:
        """Return whether the handler may refuse a payload with this exception: a broken payload or an unknown event, with a declared exception."""
        return (sample.kind == "broken" or sample.name is not None) and isinstance(
            error, (*self.raises, ParseError)
        )

    def each_case(self, arguments: dict[str, Any], samples: Iterable[Sample]) -> None:
        """Call the handler with every payload and raise the first failure. Its note lists the other failures, each kind once."""
        found: dict[tuple[type[Exception], str, str], Failure] = {}
        for sample in samples:
            try:
                self.keep(sample, arguments)
            except Exception as error:  # noqa: BLE001 - any failure of a handler
                found.setdefault(_kind(error), self.failures[-1])
        if found:
            self.failures[:], self.by_case = list(found.values()), True
            first, *others = self.failures
            for other in others[:_MOST_TOLD]:
                why = "; ".join(other.sample.why) or "as an example shows it"
                first.error.add_note(
                    block(
                        f"also {type(other.error).__name__}: {other.error} ({other.sample.kind}: {safe(why)})"
                    )
                )
            raise first.error

    def cases(self) -> Iterator[Sample]:
        """Yield one payload per single variation, by kind and route."""
        for kind in self.kinds:
            for recipe in self.recipes:
                yield from recipe.cases(kind)

    def stored(self, samples: Iterable[Sample]) -> list[Sample]:
        """Return the stored payloads that this promise covers."""
        return [one for one in samples if one.event == self.recipes[0].contract.of and one.kind in self.kinds]

    def _count(self, sample: Sample, outcome: Outcome) -> None:
        met = self.met.setdefault(sample.event, Encounters(self.test, sample.event))
        met.add(sample, outcome, self.registry.contract(sample.event, sample.version), self.registry)

    def _look(self, sample: Sample, outcome: Outcome) -> None:
        """Record where the handler looked; only for payloads that it must accept."""
        if outcome.trace is None or not outcome.trace.read or sample.kind == "broken" or sample.name:
            return
        looks = self.looks.setdefault(sample.route, Looks())
        opened = open_payload(sample.value, self.registry)
        found = outcome.trace.found()
        seen = [
            any(path[: len(inside)] == inside for path in found)
            for inside in (one.layers[-1].path for one in opened)
        ]
        # A handler may pass the whole payload to a decoder that cannot be traced. If it asked for fields of the event or of an inner envelope where
        # they are not, and for nothing that exists, it did not use such a decoder.
        inner = [value for one in opened for value in (one.body, *(layer.value for layer in one.layers[1:]))]
        names = {key for value in inner if isinstance(value, dict) for key in value}
        astray = any(path[-1] in names for path in outcome.trace.read - found)
        looks.watched += bool(found or astray)
        looks.inside += any(seen)
        looks.example = looks.example or sample
        if len(seen) > 1 and any(seen):
            looks.several += 1
            looks.beyond += any(seen[1:])
            looks.example_of_several = looks.example_of_several or sample

    def end(self) -> None:
        """Raise `PassedOver` if the handler never looked inside an envelope, or never at any but the first of several events."""
        for looks in self.looks.values():
            if looks.example and looks.watched >= _LEAST_SEEN and not looks.inside:
                self._passed_over(
                    looks.example,
                    f"in {looks.watched} payloads it never looked inside the envelopes, where the event is",
                )
            if looks.example_of_several and looks.several >= _LEAST_SEEN - 1 and not looks.beyond:
                self._passed_over(
                    looks.example_of_several,
                    f"in {looks.several} payloads with several events it never looked at any but the first",
                )

    def _passed_over(self, sample: Sample, what: str) -> None:
        error = PassedOver(what)
        self.failures.append(Failure(sample, error))
        raise noted(error, sample, self.test)

    def document(self, failure: Failure) -> dict[str, Any]:
        """Return a failure as a JSON document to commit."""
        return stored.document(failure.sample, f"{type(failure.error).__name__}: {failure.error}")


def _kind(error: Exception) -> tuple[type[Exception], str, str]:
    """Return what distinguishes failures: type and place, and for a KeyError the key, because one line may access several."""
    return type(error), _where(error), str(error) if isinstance(error, KeyError) else ""


def _where(error: Exception) -> str:
    """Return the file and line where an exception was raised."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""


class Run:
    """A run of a promise's test.

    `arguments` are the test's other arguments, `instance` is the object of a test method, and `folder` is where failures are saved.
    """

    def __init__(
        self, promise: Promise, arguments: dict[str, Any], instance: Any, folder: str | None
    ) -> None:
        self._promise = promise
        self._arguments = {**arguments, **({"self": instance} if instance is not None else {})}
        self._folder = Path(folder) if folder else None
        promise.begin(self._arguments)

    def replay(self, token: str) -> None:
        """Call the handler only with the payload of a token or a file. Raises `Unreadable`, and what the handler raises."""
        self._saving(
            lambda: self._promise.each_case(
                self._arguments, [stored_payloads.from_token(token, self._promise.registry)]
            )
        )

    def all(self, drawn: Callable[[], Any]) -> None:
        """Call the handler with stored payloads, each single case, and drawn payloads; then check that it read all of them."""

        def run() -> None:
            self._promise.each_case(self._arguments, self._kept())
            self._promise.each_case(self._arguments, self._promise.cases())
            drawn()
            self._promise.end()

        self._saving(run)

    def _kept(self) -> Iterator[Sample]:
        """Yield the stored payloads for this test, sorted by file name."""
        if self._folder and self._folder.is_dir():
            files = (
                file
                for file in sorted(self._folder.glob("*.json"))
                if file.is_file() and stored_payloads.MARK.encode() in file.read_bytes()[:200]
            )
            yield from self._promise.stored(
                stored_payloads.read(file, self._promise.registry) for file in files
            )

    def _saving(self, run: Callable[[], None]) -> None:
        try:
            run()
        except Exception as error:
            for path in self._saved():
                error.add_note(f"    saved      {safe(path)}: it is replayed first as long as it is there")
            raise

    def _saved(self) -> list[str]:
        if self._folder is None:
            return []
        # Of Hypothesis's tries, the last one is the smallest; of single cases, each failure is distinct.
        failures = self._promise.failures if self._promise.by_case else self._promise.failures[-1:]
        files = {
            stored_payloads.file_name(one.sample): strict_json.canonical(self._promise.document(one))
            for one in failures
        }
        writer.write(files, self._folder)
        return [str(self._folder / name) for name in files]

    def reports(self) -> list[dict[str, Any]]:
        """Return the reports of what the handler received."""
        return [met.as_dict() for met in self._promise.met.values()]
