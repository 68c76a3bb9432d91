"""`Checker` returns the verdicts of the validator, from any number of threads, and accepts the options of the command."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
import pytest

import signalbook
from conftest import GOOD, NIGHTLY, every_example
from signalbook import Registry
from signalbook.registry import examples
from signalbook.validation.validator import Request, check_payload

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CATALOGUE = Registry.load()
NEWEST = CATALOGUE.events["jdcloud/vm/state-change"].newest.version
ALL = [value for _, value in every_example(CATALOGUE)]
PAYLOADS = ALL if NIGHTLY else ALL[::5]
TEXTS = [orjson.dumps(value) for value in PAYLOADS]
STATE_CHANGE = orjson.dumps(examples.shown(CATALOGUE, CATALOGUE.events["jdcloud/vm/state-change"].newest))

OPTIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "tolerant": {"level": "tolerant"},
    "strict": {"level": "strict"},
    "day": {"at": "2024-06-01"},
    "day of the payload": {"at": "payload"},
    "pins": {"pins": {"huawei/cts/trace": "1.0.0", "huawei/config": "any"}},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_verdicts_are_those_of_the_validator_also_when_a_kind_was_seen_before(
    options: Mapping[str, Any],
) -> None:
    """Every payload is checked twice, because the second one of a kind may take the fast path."""
    checker = signalbook.Checker(**options)
    request = Request.of(
        CATALOGUE, None, None, options.get("level", "documented"), options.get("at"), options.get("pins")
    )
    expected = [check_payload(value, CATALOGUE, request) for value in PAYLOADS]
    assert list(checker.check_many(TEXTS)) == expected
    assert [checker.check(text) for text in TEXTS] == expected


def test_threads_share_a_checker() -> None:
    """Six threads that start at different payloads get the verdicts of the validator."""
    checker = signalbook.Checker()
    expected = [check_payload(value, CATALOGUE, Request()) for value in PAYLOADS]

    def check_from(start: int) -> bool:
        # Each thread begins elsewhere, so that they meet kinds in different orders.
        order = [*range(start, len(TEXTS)), *range(start)]
        return all(checker.check(TEXTS[index]) == expected[index] for index in order)

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(check_from, range(0, len(TEXTS), len(TEXTS) // 6)))


def test_many_payloads_are_checked_one_at_a_time() -> None:
    """`check_many` reads no further than the verdicts that were taken."""
    taken = []

    def payloads() -> Iterator[bytes]:
        for text in TEXTS[:10]:
            taken.append(text)
            yield text

    assert len(list(islice(signalbook.Checker().check_many(payloads()), 3))) == 3
    assert taken == TEXTS[:3]


def test_a_payload_that_is_no_json_gets_a_verdict() -> None:
    """A text that is not JSON gets the verdict `unreadable`, and the next payload is checked."""
    verdicts = list(signalbook.Checker().check_many([b"{", STATE_CHANGE, b""]))
    assert [verdict.status for verdict in verdicts] == ["unreadable", "valid", "unreadable"]


def test_a_checker_reads_a_folder_or_takes_a_registry() -> None:
    """`schemas` is a folder and `registry` a loaded one; both together are refused."""
    by_folder = signalbook.Checker(schemas=GOOD)
    by_registry = signalbook.Checker(registry=Registry.load(GOOD))
    payload = {"no": "event"}
    assert by_folder.check(payload) == by_registry.check(payload)
    with pytest.raises(ValueError, match="either schemas"):
        signalbook.Checker(schemas=GOOD, registry=CATALOGUE)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"event": "no/such/event"}, signalbook.UnknownContract),
        ({"version": "99.0.0", "event": "jdcloud/vm/state-change"}, signalbook.UnknownContract),
        ({"level": "loose"}, ValueError),
        ({"at": "yesterday"}, ValueError),
        ({"at": "2024-06-01", "version": "1.0.0"}, ValueError),
        ({"pins": {"no/such/event": "1.0.0"}}, signalbook.UnknownContract),
    ],
)
def test_options_are_checked_at_once(options: dict[str, Any], error: type[Exception]) -> None:
    """An unknown event, version, level, day or pin is refused before the first payload."""
    with pytest.raises(error):
        signalbook.Checker(**options)


def test_options_may_name_the_event_of_a_payload() -> None:
    """`event` and `version` mean the same as for `check`."""
    checker = signalbook.Checker(event="jdcloud/vm/state-change", version=NEWEST)
    assert checker.check(STATE_CHANGE) == signalbook.check(
        STATE_CHANGE, event="jdcloud/vm/state-change", version=NEWEST
    )
