"""The pytest plugin: payload files as tests, fixtures, and all that surrounds the test of a handler. It does nothing where none of it is used.

It is loaded by its entry point in every run of pytest, so what it imports at the top is the standard library and pytest only.
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

    from signalbook.findings import Level, Verdict
    from signalbook.handling.promise import Promise
    from signalbook.registry import Registry
    from signalbook.sampling import Kind, Sample

_MARK = "signalbook_promise"  # as `handling.MARK`, which is not imported for it
_REPORTS = pytest.StashKey[list[dict[str, Any]]]()
_REGISTRY = pytest.StashKey["Registry"]()
_PATHS = pytest.StashKey[list[Path]]()
_OUTPUT = "signalbook_reports"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("signalbook", "contracts of cloud notifications")
    add = group.addoption
    add("--signalbook", action="append", default=[], metavar="PATH", help="check the payload files at PATH, a file or a folder, as tests; repeatable")
    add("--signalbook-level", choices=("tolerant", "documented", "strict"), default="documented", help="how much to ask of payload files")
    add("--signalbook-schemas", metavar="DIR", help="a tree of schemas of your own, instead of the catalogue")
    add(
        "--signalbook-report",
        action="append",
        default=[],
        metavar="text|json[:FILE]",
        help="tell what handlers met, read and let through; repeatable",
    )
    add("--signalbook-save", metavar="DIR", help="write payloads with which a handler fails to DIR, and replay what is there first")
    add("--signalbook-replay", metavar="TOKEN|FILE", help="call handlers with this one payload only, as the note of a failure says it")


def pytest_configure(config: pytest.Config) -> None:
    """Take the folders of payloads along with what is collected, and refuse options that cannot be kept."""
    config.stash[_REPORTS] = []
    paths = [Path(path) for path in config.getoption("--signalbook")]
    if missing := [str(path) for path in paths if not path.exists()]:
        raise pytest.UsageError(f"--signalbook: there is no {safe(' and no '.join(missing))}")
    for report in config.getoption("--signalbook-report"):
        if report.partition(":")[0] not in ("text", "json"):
            raise pytest.UsageError(f"--signalbook-report: {report!r} is none of text, text:FILE, json, json:FILE")
    config.stash[_PATHS] = [path.resolve() for path in paths]
    config.args += [str(path) for path in paths if str(path) not in config.args]


def _registry(config: pytest.Config) -> Registry:
    from signalbook.errors import SignalbookError  # noqa: PLC0415
    from signalbook.registry import Registry  # noqa: PLC0415
    from signalbook.strategies import sampler  # noqa: PLC0415

    if _REGISTRY not in config.stash:
        schemas = config.getoption("--signalbook-schemas")
        try:
            # Without a tree of one's own the registry of `signalbook.contract` and `strategies` is used, so that it is read once.
            config.stash[_REGISTRY] = Registry.load(schemas) if schemas else sampler().registry
        except SignalbookError as error:
            raise pytest.UsageError(f"--signalbook-schemas: {error}") from None
    return config.stash[_REGISTRY]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the payload files below the paths of `--signalbook`."""
    paths = parent.config.stash[_PATHS]
    if not any(path in (file_path, *file_path.parents) for path in paths):
        return None
    from signalbook.intake import SUFFIXES  # noqa: PLC0415

    if not file_path.name.lower().endswith(SUFFIXES) and file_path not in paths:
        return None
    return cast("pytest.Collector", PayloadFile.from_parent(parent, path=file_path, **_harmless(file_path, parent.config.rootpath)))


def _harmless(path: Path, root: Path) -> dict[str, Any]:
    """Return the name and the id of a file whose own name could steer what shows them; pytest shows ids as they are. Nothing for any other file."""
    below = path.relative_to(root) if path.is_relative_to(root) else path
    # What follows `::` in an id is the name of a test.
    shown = safe(below.as_posix()).replace("::", ":\\x3a")
    return {} if below.as_posix().isprintable() else {"name": shown, "nodeid": shown}


class PayloadFile(pytest.File):
    """A file of payloads: one test for each of them."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each payload, named by its line or its place where there are several, and by its event."""
        from signalbook.handling.files import checked  # noqa: PLC0415

        level = cast("Level", self.config.getoption("--signalbook-level"))
        found = list(checked(self.path, _registry(self.config), level))
        for verdict, problem in found:
            place = next((f"{word} {one}: " for word, one in (("line", verdict.line), ("item", verdict.index)) if one is not None), "")
            name = f"{place}{verdict.event or verdict.name or verdict.status}"
            yield cast("pytest.Item", PayloadItem.from_parent(self, name=safe(name), verdict=verdict, problem=problem))


class PayloadItem(pytest.Item):
    """One payload, held against its contract."""

    def __init__(self, *, verdict: Verdict, problem: str | None, **rest: Any) -> None:
        super().__init__(**rest)
        self.verdict = verdict
        self._problem = problem

    def runtest(self) -> None:
        """Fail where the payload does not keep its contract."""
        if self._problem is not None:
            pytest.fail(self._problem, pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the place of the payload."""
        return Path(safe(str(self.path))), (self.verdict.line or 1) - 1, self.name


@pytest.fixture(scope="session")
def signalbook_registry(pytestconfig: pytest.Config) -> Registry:
    """The registry: the catalogue, or the tree of `--signalbook-schemas`."""
    return _registry(pytestconfig)


@pytest.fixture(scope="session")
def assert_contract(signalbook_registry: Registry) -> Callable[..., Verdict]:
    """A function that fails a test where a payload does not keep its contract: `assert_contract(payload, event=…, level=…)`. It returns the verdict.

    `payload` is bytes, text or a dict; `event` the id that it must be, else any event will do; `version` and `level` are those of `signalbook.check`.
    """
    from signalbook.handling import files  # noqa: PLC0415

    def check(payload: Any, *, event: str | None = None, version: str | None = None, level: Level = "documented") -> Verdict:
        __tracebackhide__ = True
        verdict, problem = files.held(payload, signalbook_registry, event, version, level)
        if problem is not None:
            pytest.fail(problem, pytrace=True)
        return verdict

    return check


@pytest.fixture(scope="session")
def sample(signalbook_registry: Registry) -> Callable[..., Sample]:
    """A function that returns a payload of an event: `sample(event, kind=…, envelope=…, version=…, seed=…)`; equal seeds give equal ones."""
    from signalbook.sampling import seeded  # noqa: PLC0415
    from signalbook.strategies import sampler  # noqa: PLC0415

    def made(event: str, *, kind: Kind = "documented", envelope: str | None = None, version: str | None = None, seed: int = 0) -> Sample:
        recipes = sampler(signalbook_registry).recipes(event, version, envelope)
        return next(seeded(recipes if envelope else recipes[:1], kind, seed, 1))

    return made


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run the test of a handler: stored payloads and single cases, then what Hypothesis draws, then whether all was looked at."""
    promise: Promise | None = getattr(pyfuncitem.obj, _MARK, None)
    if promise is None:
        return None
    from signalbook.handling import PassedOver  # noqa: PLC0415
    from signalbook.handling.running import Run  # noqa: PLC0415

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
        # Nothing was raised anywhere in the handler, so there is no place in it to show.
        pytest.fail("\n".join([str(error), *error.__notes__]), pytrace=False)
    finally:
        config.stash[_REPORTS] += run.reports()
    return True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker of pytest-xdist counted to the process that started it."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = session.config.stash[_REPORTS]


class _Workers:
    """Takes what the workers of pytest-xdist counted; its hook is known only where that plugin is."""

    def __init__(self, reports: list[dict[str, Any]]) -> None:
        self._reports = reports

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add a worker's reports."""
        self._reports += getattr(node, "workeroutput", {}).get(_OUTPUT, [])


def pytest_sessionstart(session: pytest.Session) -> None:
    """Listen to workers, where there are any."""
    session.config.pluginmanager.register(_Workers(session.config.stash[_REPORTS]), "signalbook-workers")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what handlers met, as the options say."""
    wanted = config.getoption("--signalbook-report")
    if not wanted:
        return
    from signalbook.handling import reporting  # noqa: PLC0415

    found = reporting.merged(config.stash[_REPORTS])
    for report in wanted:
        form, _, file = report.partition(":")
        told = reporting.FORMS[form](found)
        if file:
            reporting.save(file, told)
        else:
            terminalreporter.section("what the handlers met")
            terminalreporter.line(told)
