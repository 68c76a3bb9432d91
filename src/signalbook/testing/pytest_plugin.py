"""Implements the pytest plugin: payload files as tests, fixtures, and the support for handler tests. It does nothing unless you use one of them.

pytest loads it through its entry point in every run, so its top-level imports are limited to the standard library and pytest.
"""

from __future__ import annotations

import inspect
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.engine.levels import Level
    from signalbook.registry import Registry
    from signalbook.testing.handler_contract import Promise
    from signalbook.testing.sampler import Kind, Sample
    from signalbook.validation.findings import Verdict

_MARK = "signalbook_promise"  # same as `contracts.MARK`, without the import
_REPORTS = pytest.StashKey[list[dict[str, Any]]]()
_REGISTRY = pytest.StashKey["Registry"]()
_PATHS = pytest.StashKey[list[Path]]()
_OUTPUT = "signalbook_reports"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command-line options."""
    group = parser.getgroup("signalbook", "contracts of cloud notifications")
    add = group.addoption
    add(
        "--signalbook",
        action="append",
        default=[],
        metavar="PATH",
        help="check the payload files at PATH, a file or a folder, as tests; repeatable",
    )
    add(
        "--signalbook-level",
        choices=("tolerant", "documented", "strict"),
        default="documented",
        help="how much to ask of payload files",
    )
    add("--signalbook-schemas", metavar="DIR", help="a tree of schemas of your own, instead of the catalogue")
    add(
        "--signalbook-report",
        action="append",
        default=[],
        metavar="text|json[:FILE]",
        help="tell what handlers met, read and let through; repeatable",
    )
    add(
        "--signalbook-save",
        metavar="DIR",
        help="write payloads with which a handler fails to DIR, and replay what is there first",
    )
    add(
        "--signalbook-replay",
        metavar="TOKEN|FILE",
        help="call handlers with this one payload only, as the note of a failure says it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the payload paths to what pytest collects, and reject invalid options."""
    config.stash[_REPORTS] = []
    paths = [Path(path) for path in config.getoption("--signalbook")]
    if missing := [str(path) for path in paths if not path.exists()]:
        raise pytest.UsageError(f"--signalbook: there is no {safe(' and no '.join(missing))}")
    for report in config.getoption("--signalbook-report"):
        if report.partition(":")[0] not in ("text", "json"):
            raise pytest.UsageError(
                f"--signalbook-report: {report!r} is none of text, text:FILE, json, json:FILE"
            )
    config.stash[_PATHS] = [path.resolve() for path in paths]
    config.args += [str(path) for path in paths if str(path) not in config.args]


def _registry(config: pytest.Config) -> Registry:
    from signalbook.errors import SignalbookError  # noqa: PLC0415
    from signalbook.registry import Registry  # noqa: PLC0415
    from signalbook.testing.strategies import sampler  # noqa: PLC0415

    if _REGISTRY not in config.stash:
        schemas = config.getoption("--signalbook-schemas")
        try:
            # Without a tree of your own, reuse the registry of `signalbook.contract` and `strategies`, so that it is loaded only once.
            config.stash[_REGISTRY] = Registry.load(schemas) if schemas else sampler().registry
        except SignalbookError as error:
            raise pytest.UsageError(f"--signalbook-schemas: {error}") from None
    return config.stash[_REGISTRY]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the payload files below the paths of `--signalbook`."""
    paths = parent.config.stash[_PATHS]
    if not any(path in (file_path, *file_path.parents) for path in paths):
        return None
    from signalbook.reading.documents import SUFFIXES  # noqa: PLC0415

    if not file_path.name.lower().endswith(SUFFIXES) and file_path not in paths:
        return None
    return cast(
        "pytest.Collector",
        PayloadFile.from_parent(parent, path=file_path, **_harmless(file_path, parent.config.rootpath)),
    )


def _harmless(path: Path, root: Path) -> dict[str, Any]:
    """Return an escaped name and id for a file whose name has unprintable characters, because pytest prints ids verbatim; else nothing."""
    below = path.relative_to(root) if path.is_relative_to(root) else path
    # In an id, `::` separates the name of the test.
    shown = safe(below.as_posix()).replace("::", ":\\x3a")
    return {} if below.as_posix().isprintable() else {"name": shown, "nodeid": shown}


class PayloadFile(pytest.File):
    """A file of payloads, with one test per payload."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each payload, named by its event, with its line or index if there are several."""
        from signalbook.testing.payload_files import checked  # noqa: PLC0415

        level = cast("Level", self.config.getoption("--signalbook-level"))
        found = list(checked(self.path, _registry(self.config), level))
        for verdict, problem in found:
            place = next(
                (
                    f"{word} {one}: "
                    for word, one in (("line", verdict.line), ("item", verdict.index))
                    if one is not None
                ),
                "",
            )
            name = f"{place}{verdict.event or verdict.name or verdict.status}"
            yield cast(
                "pytest.Item",
                PayloadItem.from_parent(self, name=safe(name), verdict=verdict, problem=problem),
            )


class PayloadItem(pytest.Item):
    """One payload, validated against its contract."""

    def __init__(self, *, verdict: Verdict, problem: str | None, **rest: Any) -> None:
        super().__init__(**rest)
        self.verdict = verdict
        self._problem = problem

    def runtest(self) -> None:
        """Fail if the payload violates its contract."""
        if self._problem is not None:
            pytest.fail(self._problem, pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the location of the payload."""
        return Path(safe(str(self.path))), (self.verdict.line or 1) - 1, self.name


@pytest.fixture(scope="session")
def signalbook_registry(pytestconfig: pytest.Config) -> Registry:
    """The registry: the catalogue, or the tree of `--signalbook-schemas`."""
    return _registry(pytestconfig)


@pytest.fixture(scope="session")
def assert_contract(signalbook_registry: Registry) -> Callable[..., Verdict]:
    """Function that fails the test if a payload violates its contract: `assert_contract(payload, event=…, level=…)`. It returns the verdict.

    `payload` is bytes, text or a dict. `event` is the expected event id; by default any event is accepted. `version` and `level` are those of
    `signalbook.check`.
    """
    from signalbook.testing import payload_files  # noqa: PLC0415

    def check(
        payload: Any, *, event: str | None = None, version: str | None = None, level: Level = "documented"
    ) -> Verdict:
        __tracebackhide__ = True
        verdict, problem = payload_files.held(payload, signalbook_registry, event, version, level)
        if problem is not None:
            pytest.fail(problem, pytrace=True)
        return verdict

    return check


@pytest.fixture(scope="session")
def sample(signalbook_registry: Registry) -> Callable[..., Sample]:
    """Function that returns a payload of an event: `sample(event, kind=…, envelope=…, version=…, seed=…)`. Equal seeds give equal payloads."""
    from signalbook.testing.sampler import seeded  # noqa: PLC0415
    from signalbook.testing.strategies import sampler  # noqa: PLC0415

    def made(
        event: str,
        *,
        kind: Kind = "documented",
        envelope: str | None = None,
        version: str | None = None,
        seed: int = 0,
    ) -> Sample:
        recipes = sampler(signalbook_registry).recipes(event, version, envelope)
        return next(seeded(recipes if envelope else recipes[:1], kind, seed, 1))

    return made


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a handler test: stored payloads and single cases, then Hypothesis's draws, then the check that the handler read everything."""
    promise: Promise | None = getattr(pyfuncitem.obj, _MARK, None)
    if promise is None:
        return None
    from signalbook.testing.contracts import PassedOver  # noqa: PLC0415
    from signalbook.testing.handler_contract import Run  # noqa: PLC0415

    __tracebackhide__ = True
    config = pyfuncitem.config
    taken = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: value for name, value in pyfuncitem.funcargs.items() if name in taken}
    promise.test, promise.reporting = pyfuncitem.nodeid, bool(config.getoption("--signalbook-report"))
    run = Run(promise, arguments, pyfuncitem.instance, config.getoption("--signalbook-save"))
    try:
        if token := config.getoption("--signalbook-replay"):
            run.replay(token)
        else:
            run.all(partial(pyfuncitem.obj, **arguments))
    except PassedOver as error:
        # No line of the handler raised an exception, so there is no traceback to show.
        pytest.fail("\n".join([str(error), *error.__notes__]), pytrace=False)
    finally:
        config.stash[_REPORTS] += run.reports()
    return True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the reports of a pytest-xdist worker to the main process."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = session.config.stash[_REPORTS]


class _Workers:
    """Collects the reports of pytest-xdist workers. Its hook exists only if that plugin is installed."""

    def __init__(self, reports: list[dict[str, Any]]) -> None:
        self._reports = reports

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add a worker's reports."""
        self._reports += getattr(node, "workeroutput", {}).get(_OUTPUT, [])


def pytest_sessionstart(session: pytest.Session) -> None:
    """Register for the reports of workers, if there are any."""
    session.config.pluginmanager.register(_Workers(session.config.stash[_REPORTS]), "signalbook-workers")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print or save the reports that the options ask for."""
    wanted = config.getoption("--signalbook-report")
    if not wanted:
        return
    from signalbook.testing import encounters  # noqa: PLC0415

    found = encounters.merged(config.stash[_REPORTS])
    for report in wanted:
        form, _, file = report.partition(":")
        told = encounters.FORMS[form](found)
        if file:
            encounters.save(file, told)
        else:
            terminalreporter.section("what the handlers met")
            terminalreporter.line(told)
