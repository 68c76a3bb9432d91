"""One run of the test of a handler: what is replayed first, what is tried, what is written down of its failures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

__tracebackhide__ = True  # what a failing handler shows is the handler

from signalbook import jsontext, sync
from signalbook.handling import stored
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.handling.promise import Promise
    from signalbook.sampling import Sample


class Run:
    """A run of a promise's test. `arguments` are the other arguments of the test, `instance` what a method belongs to, `folder` where failures are kept."""

    def __init__(self, promise: Promise, arguments: dict[str, Any], instance: Any, folder: str | None) -> None:
        self._promise = promise
        self._arguments = {**arguments, **({"self": instance} if instance is not None else {})}
        self._folder = Path(folder) if folder else None
        promise.begin(self._arguments)

    def replay(self, token: str) -> None:
        """Call the handler with the payload of a token or a file, and with nothing else. Raises `Unreadable`, and what the handler raises."""
        self._saving(lambda: self._promise.each_case(self._arguments, [stored.from_token(token, self._promise.registry)]))

    def all(self, drawn: Callable[[], Any]) -> None:
        """Call the handler with stored payloads, with each single case, and with those that are drawn; then ask whether it looked at all of them."""

        def run() -> None:
            self._promise.each_case(self._arguments, self._kept())
            self._promise.each_case(self._arguments, self._promise.cases())
            drawn()
            self._promise.end()

        self._saving(run)

    def _kept(self) -> Iterator[Sample]:
        """Yield the stored payloads that concern this test, in the order of their names."""
        if self._folder and self._folder.is_dir():
            files = (file for file in sorted(self._folder.glob("*.json")) if file.is_file() and stored.MARK.encode() in file.read_bytes()[:200])
            yield from self._promise.stored(stored.read(file, self._promise.registry) for file in files)

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
        # Of what Hypothesis tried, the last is the smallest; of single cases, each failure is one of its own.
        failures = self._promise.failures if self._promise.by_case else self._promise.failures[-1:]
        files = {stored.file_name(one.sample): jsontext.canonical(self._promise.document(one)) for one in failures}
        sync.write(files, self._folder)
        return [str(self._folder / name) for name in files]

    def reports(self) -> list[dict[str, Any]]:
        """Return what the handler met."""
        return [met.as_dict() for met in self._promise.met.values()]
