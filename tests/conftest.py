"""What all tests share: Hypothesis profiles, the catalogue, a copy of a small registry, and the command as a user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from signalbook import Registry
from signalbook.registry.lint.rule import contracts, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver import Chrome

    from signalbook.registry.examples import Kind

ROOT = Path(__file__).parent.parent
GOOD = ROOT / "tests" / "trees" / "good"

# CI must be able to replay a red run: the same examples every time, and no deadline on shared machines.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, max_examples=100, print_blob=True)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=5_000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
"""Whether long sweeps run: `make test-all`."""


def every_example(registry: Registry) -> Iterator[tuple[str, Any]]:
    """Yield every example of a registry, valid or not, with a line that says which it is."""
    kinds: tuple[Kind, ...] = ("valid", "invalid", "delivered")
    for contract in contracts(registry):
        for kind in kinds:
            for example, value in readable(registry, contract, kind):
                yield f"{contract}/{kind}/{example.file.stem}", value


SCORES: dict[str, Counter[str]] = {}
"""How many single-fault mutants were caught, and how many survived for which reason, by provider: `test_mutants` counts, the summary tells."""


AGREEMENT: dict[str, Counter[str]] = {}
"""How models and contracts judged the same mutants, by provider: `test_agreement` counts, the summary tells."""


_COUNTS = "counts_of_worker"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker counted to the process that started it."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_COUNTS] = [
            {provider: dict(counts) for provider, counts in table.items()} for table in (SCORES, AGREEMENT)
        ]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker counted."""
    for table, counted in zip(
        (SCORES, AGREEMENT), getattr(node, "workeroutput", {}).get(_COUNTS, ()), strict=False
    ):
        for provider, counts in counted.items():
            table[provider] = Counter(counts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the mutation score of the schemas, and how far the models agree with them, at the end of a run."""
    _tell_agreement(terminalreporter)
    if SCORES:
        terminalreporter.section("mutation score of the schemas")
    for provider, counts in sorted(SCORES.items()):
        score = counts["caught"] / counts.total()
        terminalreporter.line(
            f"{provider:<10}{counts['caught']:>8} of {counts.total():>8} single-fault mutants caught: {score:.2%}"
        )
        for reason in sorted(set(counts) - {"caught"}):
            terminalreporter.line(f"{'':<10}{counts[reason]:>8} survived: {reason}")


HEAD = f"{'':<10}{'valid':>8}{'false rejects':>16}{'invalid':>10}{'false accepts':>16}{'share':>9}{'open lists':>13}"


def agreement_line(provider: str, counts: Counter[str]) -> str:
    """Return how models and contracts of a provider judged the same mutants, as the summary and docs/reference/types.md show it."""
    valid = counts["accepted by both"] + counts["false rejects"]
    invalid = counts["refused by both"] + counts["false accepts"]
    share = counts["false accepts"] / invalid
    return f"{provider:<10}{valid:>8}{counts['false rejects']:>16}{invalid:>10}{counts['false accepts']:>16}{share:>9.2%}{counts['open lists']:>13}"


def _tell_agreement(terminalreporter: pytest.TerminalReporter) -> None:
    if AGREEMENT:
        terminalreporter.section("agreement of models and schemas on single-fault mutants")
        terminalreporter.line(HEAD)
        for provider, counts in sorted(AGREEMENT.items()):
            terminalreporter.line(agreement_line(provider, counts))
        terminalreporter.line("open lists: a value that is not listed, which the models read on purpose")


@dataclass(frozen=True)
class Run:
    """What a run of the command gave: exit code, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The catalogue that comes with the kit."""
    return Registry.load()


@pytest.fixture(scope="session")
def model() -> Registry:
    """The small registry that others copy."""
    return Registry.load(GOOD)


@pytest.fixture(scope="session", params=["catalogue", "model"])
def either(request: pytest.FixtureRequest, registry: Registry, model: Registry) -> Registry:
    """The catalogue, and the small registry that others copy."""
    return registry if request.param == "catalogue" else model


@pytest.fixture
def good_tree(tmp_path: Path) -> Path:
    """A copy of the small registry `tests/trees/good`, to be broken."""
    tree = tmp_path / "tree"
    shutil.copytree(GOOD, tree)
    return tree


@pytest.fixture
def signalbook() -> Callable[..., Run]:
    """Run the command in a process of its own, as a user does: `signalbook("validate", "a.json")`."""

    def run(
        *arguments: object, stdin: bytes = b"", cwd: Path | None = None, env: dict[str, str] | None = None
    ) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "signalbook", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            check=False,
            timeout=60,
            cwd=cwd or ROOT,
            env={**os.environ, **(env or {})},
        )
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the catalogue, as `make docs` makes it, for tests that look at it in a browser."""
    import browsing  # noqa: PLC0415 - these import what stands above
    import sites  # noqa: PLC0415

    browsing.browser()
    return sites.catalogue(tmp_path_factory)


@pytest.fixture(scope="session")
def base(site: Path) -> Iterator[str]:
    """The URL of the site, which is served below a path as a project's pages are."""
    import browsing  # noqa: PLC0415

    with browsing.serve(site, "/some/sub-path") as url:
        yield f"{url}/"


@pytest.fixture(scope="module")
def driver() -> Iterator[Chrome]:
    """A Chromium on a wide screen."""
    import browsing  # noqa: PLC0415

    with browsing.chromium(width=1440, height=1000) as driver:
        yield driver


@pytest.fixture(scope="module")
def try_site(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The page "Try it" with all that it loads, in a folder that is served; and its address."""
    import trying  # noqa: PLC0415

    with trying.served(registry, tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture(scope="module")
def window(try_site: tuple[Path, str]) -> Iterator[Chrome]:
    """A browser that shows the page "Try it", on a phone's screen."""
    import browsing  # noqa: PLC0415

    with browsing.chromium(width=360, height=800) as driver:
        driver.get(try_site[1])
        yield driver
