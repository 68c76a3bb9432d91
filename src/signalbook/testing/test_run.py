"""Runs the test of a handler: replays stored payloads, tries single cases and draws, and saves failures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

__tracebackhide__ = True  # tracebacks of failing handlers show only the handler

from signalbook.codegen import writer
from signalbook.reading import strict_json
from signalbook.terminal import safe
from signalbook.testing import stored_payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.testing.handler_contract import Promise
    from signalbook.testing.sampler import Sample


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
