"""The finder and the filters in a real Chromium: what somebody types leads to what they mean, and nothing that is typed is a dead end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

import browsing
import sites
from browsing import wait
from conftest import ROOT
from signalbook.registry import naming
from signalbook.site import catalogue, search

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

    from signalbook import Registry

EVENT = "catalogue/alibaba/ecs/instance-state-change/"
HITS = """
    const input = document.getElementById("find-words");
    return arguments[0].map((words) => {
      input.value = words;
      input.dispatchEvent(new Event("input"));
      const hits = [...document.querySelectorAll("#find-results a")];
      return [document.getElementById("find-count").textContent, hits.map((one) => [one.href, one.querySelector("b").textContent, one.textContent])];
    });
"""


class Hits:
    """What the finder says to words: its line of counting, and the addresses (below the site), names and whole texts of its hits."""

    def __init__(self, base: str, count: str, hits: list[list[str]]) -> None:
        self.count = count
        self.urls = [href.removeprefix(base) for href, _, _ in hits]
        self.names = [name for _, name, _ in hits]
        self.texts = [text for _, _, text in hits]


def ask(driver: Chrome, base: str, *words: str) -> list[Hits]:
    """Return what the finder says to each of the words, typed on the site's first page."""
    if not driver.execute_script("return document.getElementById('finder')?.open"):
        driver.get(base)
        driver.execute_script("document.getElementById('find-open').click()")
        wait(driver, "document.getElementById('find-count').textContent.startsWith('Type')")
    return [Hits(base, count, hits) for count, hits in driver.execute_script(HITS, list(words))]


def said(driver: Chrome) -> str:
    """Return what the line below the filters says."""
    text: str = driver.execute_script("return document.getElementById('count').textContent")
    return text


def filtered(driver: Chrome, words: str) -> list[str]:
    """Type words into the filter of a page, and return the texts of the rows that are left."""
    driver.execute_script(
        "const one = document.querySelector('#filters [name=text]'); one.value = arguments[0]; one.form.dispatchEvent(new Event('input'))",
        words,
    )
    rows: list[str] = driver.execute_script(
        "return [...document.querySelectorAll('table.events tbody tr, .names > details')].filter((one) => !one.hidden).map((one) => one.textContent)"
    )
    return rows


ASKED = {
    "exit code 3": "reference/exit-codes/",
    "exit 3": "reference/exit-codes/",
    "level strict": "explanation/levels/",
    "strict": "explanation/levels/",
    "tolerant": "explanation/levels/",
    "timezone": "tutorial/typed-handler/#5-use-the-times",
    "time zone": "tutorial/typed-handler/#5-use-the-times",
    "unidentified": "reference/findings/#rules-that-come-from-opening-the-payload",
    "invalid json": "reference/findings/#not-json",
    "verdict": "how-to/check-a-stream/#keep-it-for-tools",
    "witness": "explanation/versions/#how-it-is-decided",
    "bundle": "reference/commands/#build",
    "pydantic": "reference/commands/#generate-types",
    "vscode": "how-to/editor-schemas/#vs-code-json",
    "signalbook diff": "reference/commands/#diff",
    "schema url": "how-to/editor-schemas/#choose-the-address",
    "changelog": "catalogue/changes/",
    "feed": "catalogue/changes/",
    "how do I validate": "how-to/validate-in-ci/",
    "github actions": "how-to/validate-in-ci/#github-actions",
}
"""What people ask for in words of their own, and the place that answers it."""


def test_pages_that_people_wrote_are_found_by_what_they_say(base: str, driver: Chrome) -> None:
    """A question in somebody's own words has its answer as first or second hit, and `changes` means What changed."""
    answers = dict(zip(ASKED, ask(driver, base, *ASKED), strict=True))
    assert {
        words: hits.urls[:2] for words, hits in answers.items() if ASKED[words] not in hits.urls[:2]
    } == {}
    assert ask(driver, base, "changes")[0].urls[0] == "catalogue/changes/"


MEANT = {
    "Pending": f"{EVENT}#f.state",
    "INFO": "catalogue/alibaba/envelopes/cloudmonitor-debug/#f.level",
    "cts": "catalogue/huawei/cts/",
    "huawei": "catalogue/huawei/",
    "state values": f"{EVENT}#f.state",
    "eventTime format": "catalogue/fields/?text=eventtime#n.eventTime",
    "json schema url": "how-to/editor-schemas/#choose-the-address",
    "what is a witness": "explanation/versions/#how-it-is-decided",
}
"""Short words with many hits, and what is meant by them: values, of older versions too, services, a field and what is asked of it."""


def test_what_is_meant_comes_first(base: str, driver: Chrome) -> None:
    """It is among the first three hits."""
    answers = dict(zip(MEANT, ask(driver, base, *MEANT), strict=True))
    assert {
        words: hits.urls[:4] for words, hits in answers.items() if MEANT[words] not in hits.urls[:3]
    } == {}


def test_the_text_of_every_page_outside_the_catalogue_is_in_the_index(site: Path) -> None:
    """Each such page is there with its title and each of its headings, none of the catalogue's is, and each address is one."""
    found = json.loads((site / "find-pages.json").read_text("utf-8"))
    assert {one["url"].removeprefix("./") + "index.html" for one in found} == {
        name for name in sites.html(site) if not name.startswith("catalogue/")
    }
    for one in found:
        assert one["page"]
        assert one["title"]
        assert not one["id"] or one["id"] in sites.page(site / one["url"] / "index.html").ids
        assert "<" not in one["title"] + one["page"]


def test_hits_of_pages_say_page_and_heading(base: str, driver: Chrome) -> None:
    """No address comes twice, and the page's own title is the page."""
    for hits in ask(driver, base, *ASKED):
        assert len(hits.urls) == len(set(hits.urls))
        for url, name in zip(hits.urls, hits.names, strict=True):
            if not url.startswith("catalogue/"):
                assert (" › " in name) == ("#" in url), (url, name)


def test_a_name_as_it_is_delivered_finds_its_event(base: str, driver: Chrome, registry: Registry) -> None:
    """Names that stand in deliveries are names; what happened at the end of any name is left out where nothing has it, and that is said."""
    names = [
        (name, event.id)
        for event in registry.events.values()
        for name in [event.name, *search.delivered_names(registry, event)]
        if name
    ]
    assert ("ecs:Instance:StateChange", "alibaba/ecs/instance-state-change") in names
    for (name, event_id), hits in zip(names, ask(driver, base, *(name for name, _ in names)), strict=True):
        alike = {of for other, of in names if other.casefold() == name.casefold()}
        assert f"catalogue/{event_id}/" in hits.urls[: len(alike)], name
    (reboot, running) = ask(
        driver, base, "Instance:SystemMaintenance.Reboot:Executed", "Instance:StateChange:Running"
    )
    assert reboot.urls[0] == "catalogue/alibaba/ecs/instance-system-maintenance-reboot/"
    assert running.urls[0] == EVENT
    assert "for Instance:StateChange: nothing is called Instance:StateChange:Running" in running.count


def test_the_name_of_a_field_finds_the_field_first(base: str, driver: Chrome, registry: Registry) -> None:
    """A name that several pages have is one line for all of them, and then come single rows; a name of one page is its row."""
    names = search.by_name(registry)
    for name, hits in zip(names, ask(driver, base, *names), strict=True):
        owners = {what.id for what, _ in names[name]}
        wanted = (
            f"catalogue/fields/?text={name.casefold()}#n.{name}"
            if len(owners) > 1
            else f"{naming.page(next(iter(owners))).removesuffix('.md')}/#f."
        )
        assert any(url.startswith(wanted) for url in hits.urls[:2]), (name, hits.urls[:3])
    (instance, state) = ask(driver, base, "instanceId", "state")
    events = {what.id for what, _ in names["instanceId"] if what.id.count("/") == 2}
    assert instance.texts[0].startswith(f"instanceId: a field of {len(events)} events")
    assert [name for name in instance.names if name == "instanceId"] == instance.names[:5]
    assert all("#f." in url for url in instance.urls[1:5])
    assert f"{EVENT}#f.state" in state.urls[:2]


def test_paths_as_they_are_printed_find_their_field(base: str, driver: Chrome, registry: Registry) -> None:
    """A path with what stands around it, as dots or as a JSON Pointer with numbers, finds the field, and says what was looked for."""
    paths = {
        field.path
        for event in registry.events.values()
        for field in catalogue.fields(event.newest)
        if "*" not in field.path
    }
    rows = {path.replace("[]", "") for path in paths}
    asked = {f"content.{path}": path for path in rows} | {
        f"/Message/data/{path.replace('.', '/0/')}": path for path in rows
    }
    for (typed, path), hits in zip(asked.items(), ask(driver, base, *asked), strict=True):
        leaf = path.rpartition(".")[2]
        assert hits.urls[0].endswith((f"#f.{path}", f"#n.{leaf}", f"#f.content.{path}", f"#f.data.{path}")), (
            typed,
            hits.urls[:2],
        )
    shown = ask(driver, base, "content.state", "data.state", "message.detail.resource_id", "/content/state")
    assert [hits.names[0] for hits in shown] == ["state", "state", "resource_id", "state"]
    assert "for state: nothing is called data.state" in shown[1].count


def test_numbers_keep_their_dots_and_single_letters_find_nothing(
    base: str, driver: Chrome, registry: Registry
) -> None:
    """`2.0.0` is one word: each event that is found has that version. One Latin letter is too little, one Chinese sign is not."""
    (version, letter, sign) = ask(driver, base, "2.0.0", "a", "盘")
    events = {f"catalogue/{event.id}/" for event in registry.events.values()}
    having = {f"catalogue/{event.id}/" for event in registry.events.values() if "2.0.0" in event.versions}
    assert having
    assert set(version.urls) & events == having
    assert (letter.urls, letter.count.startswith("Type a little more")) == ([], True)
    assert "磁盘" in "".join(sign.texts)


def test_nothing_found_is_no_dead_end(base: str, driver: Chrome) -> None:
    """Without a hit there are the nearest names, the check of a whole payload and the page of all fields; with some words only, that is said."""
    (nothing, near, some) = ask(driver, base, "xyzzyqq", "instanceeIdd", "snapshot xyzzyqq")
    assert nothing.count.startswith("0 found")
    assert nothing.urls[-2:] == ["catalogue/try/", "catalogue/fields/"]
    assert "paste the whole payload" in nothing.texts[-2]
    assert "instanceId" in near.names
    assert "with some of these words" in some.count
    assert any("snapshot" in url for url in some.urls)


def test_a_name_without_a_contract_leads_to_its_row(base: str, driver: Chrome, registry: Registry) -> None:
    """The first hit of each such name is its row in the catalogue, and that row stands out."""
    names = list(registry.known_names)
    found = [hits.urls[0] for hits in ask(driver, base, *names)]
    assert found == [f"catalogue/#{quote(search.known_row(name))}" for name in names]
    driver.get(base + found[-1])
    ground = "getComputedStyle(document.querySelector('{}')).backgroundColor"
    assert names[-1] in driver.execute_script("return document.querySelector('tr:target').textContent")
    assert driver.execute_script(
        f"return {ground.format('tr:target')} !== {ground.format('.known tr:not(:target)')}"
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_matched_is_marked_and_can_be_read(base: str, *, dark: bool) -> None:
    """The words that were found are marked, as text and not as markup, and the open finder passes the accessibility checker, contrast included."""
    script = sites.axe()
    with browsing.chromium(width=1000, height=900, dark=dark) as driver:
        (hits,) = ask(driver, base, "exit 3")
        assert "exit" in hits.texts[0].casefold()
        marks = "[...new Set([...document.querySelectorAll('#find-results mark')].map((one) => one.textContent.toLowerCase()))]"
        assert set(driver.execute_script(f"return {marks}")) == {"exit", "3"}
        driver.execute_script(script)
        found = driver.execute_async_script("""
            const done = arguments[0];
            axe.run("#finder", {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"]}).then(
              (all) => done(all.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html)])), (error) => done([String(error)]))
        """)
        assert found == []
        ask(driver, base, "<img src=x onerror=alert(1)> <b>state</b>")
        assert (
            driver.execute_script(
                "return document.querySelectorAll('#find-results img, #find-results b b').length"
            )
            == 0
        )


def test_escape_closes_the_finder_at_once(base: str, driver: Chrome) -> None:
    """Also with text in it; the keys that open it are said on the button, and what can be typed in the prompt."""
    from selenium.webdriver import ActionChains, Keys  # noqa: PLC0415 - only where there is a browser for it

    driver.get(base)
    assert "Ctrl+K" in (driver.find_element("id", "find-open").get_attribute("title") or "")
    ActionChains(driver).key_down(Keys.CONTROL).send_keys("k").key_up(Keys.CONTROL).perform()
    assert "中文 title" in wait(
        driver,
        "/^Type/.test(document.getElementById('find-count').textContent) && document.getElementById('find-count').textContent",
    )
    ActionChains(driver).send_keys("reboot").send_keys(Keys.ESCAPE).perform()
    assert not driver.execute_script("return document.getElementById('finder').open")


def test_the_filter_of_the_catalogue_knows_more_than_it_shows(base: str, driver: Chrome) -> None:
    """Ids, envelopes and names as they are delivered fit; the end of a name is left out where nothing has it; and nothing at all leads to the finder."""
    driver.get(f"{base}catalogue/")
    for words in (
        "alibaba/ecs/instance-state-change",
        "ecs:Instance:StateChange",
        "Instance:StateChange:Running",
    ):
        (row,) = filtered(driver, words)
        assert "Instance:StateChange" in row
    assert said(driver) == "1 of 72 for Instance:StateChange: nothing has Instance:StateChange:Running"
    assert "Instance:SystemMaintenance.Reboot" in "".join(
        filtered(driver, "Instance:SystemMaintenance.Reboot:Executed")
    )
    assert len(filtered(driver, "eventbridge")) > 20
    assert filtered(driver, "duplicate-key") == []
    driver.find_element("css selector", "#count button").click()
    assert (
        wait(driver, "document.querySelector('#finder[open] #find-results a')?.href")
        == f"{base}reference/findings/#duplicate-key"
    )


def test_the_page_of_fields_opens_the_name_that_was_meant(base: str, driver: Chrome) -> None:
    """A whole name comes first, and open, each service on a line of its own; a value shows beside the names that have it; the hint in the field is not cut."""
    driver.get(f"{base}catalogue/fields/?text=instanceid#n.instanceId")
    first = "document.querySelector('.names > details')"
    wait(driver, f"{first}.id === 'n.instanceId' && {first}.open && {first}.querySelector('a')")
    top = driver.execute_script(f"return {first}.getBoundingClientRect().top")
    assert 0 <= top < 900
    lines = driver.execute_script(
        f"return [...{first}.querySelectorAll('b')].map((one) => [one.textContent, getComputedStyle(one).display])"
    )
    assert {name for name, _ in lines} >= {"alibaba/ecs", "jdcloud/vm"}
    assert {display for _, display in lines} == {"block"}
    order = "[...document.querySelectorAll('.names > details')].map((one) => one.id)"
    filtered(driver, "")
    names = driver.execute_script(f"return {order}")
    assert names == sorted(names, key=lambda one: (one.casefold(), one))
    shown = filtered(driver, "stopp")
    assert shown
    values = driver.execute_script(
        "return [...document.querySelectorAll('.names > details:not([hidden]) > summary code:not(:first-child)')].map((one) => one.textContent)"
    )
    assert values
    assert all("stopp" in value.casefold() for value in values)
    assert driver.execute_script("""
        const input = document.querySelector('#filters input'), one = document.createElement('span');
        one.style.font = getComputedStyle(input).font; one.textContent = input.placeholder; document.body.append(one);
        return one.offsetWidth < input.clientWidth - 20
    """)


def test_the_chosen_envelope_holds_within_its_service(base: str, driver: Chrome) -> None:
    """It is chosen on the next page of the same service, and on no page of another, even where that has an envelope of the same word."""
    driver.get(base + EVENT)
    driver.find_element("css selector", 'input[name="envelope"][value="body"] + span').click()
    chosen = "document.querySelector('.choices input:checked').value"
    driver.get(f"{base}catalogue/alibaba/ecs/disk-stalled/")
    assert driver.execute_script(f"return {chosen}") == "body"
    driver.get(f"{base}catalogue/jdcloud/vm/state-change/")
    assert driver.execute_script(f"return {chosen}") != "body"


def test_the_bundles_of_the_finder_are_small() -> None:
    """The finder's script comes when somebody asks, and what every page of the catalogue loads stays a few kilobytes."""
    assets = ROOT / "src/signalbook/site/assets"
    assert (assets / "find.js").stat().st_size < 40_000
    assert (assets / "catalogue.js").stat().st_size < 8_000
