"""The site in a real Chromium: it loads without complaints, finds things, switches, copies, and can be used by keyboard, on a phone, in the dark."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

import browsing
import sites
from browsing import wait
from conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selenium.webdriver import Chrome

UNDER = "/some/sub-path"
EVENT = "catalogue/alibaba/ecs/instance-state-change/"
KINDS = (
    "",
    "catalogue/",
    "catalogue/alibaba/",
    "catalogue/alibaba/ecs/",
    EVENT,
    "catalogue/huawei/cts/trace/",
    "catalogue/alibaba/envelopes/cloudmonitor/",
    "catalogue/huawei/envelopes/bare-trace/",
    "catalogue/fields/",
    "catalogue/changes/",
    "catalogue/try/",
    "reference/commands/",
    "reference/findings/",
    "tutorial/first-payload/",
    "how-to/validate-in-ci/",
    "explanation/versions/",
)
"""A page of each kind."""
WIDTHS = (360, 1440)


def find(driver: Chrome, words: str) -> list[str]:
    """Type words into the finder, and return the addresses that it finds, in their order."""
    driver.execute_script("document.getElementById('find-open').click()")
    wait(driver, "/^(Type|\\d+ found)/.test(document.getElementById('find-count').textContent)")
    driver.execute_script("const i = document.getElementById('find-words'); i.value = ''")
    box = driver.find_element("id", "find-words")
    box.send_keys(words)
    found: list[str] = driver.execute_script(
        "return [...document.querySelectorAll('#find-results a')].map((a) => a.href)"
    )
    driver.execute_script("document.getElementById('finder').close()")
    return found


def test_every_page_loads_without_complaints(site: Path, base: str, driver: Chrome) -> None:
    """No page writes an error to the console, fails a request, asks for anything from elsewhere, or is wider than its window."""
    driver.get_log("performance")  # type: ignore[no-untyped-call]
    for name in sites.html(site):
        driver.get(base + name.removesuffix("index.html"))
        assert browsing.complaints(driver) == [], name
        assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"), name
    asked = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]  # type: ignore[no-untyped-call]
    urls = {one["params"]["request"]["url"] for one in asked if one["method"] == "Network.requestWillBeSent"}
    assert {url for url in urls if not url.startswith((base, "data:", "blob:"))} == set()


@pytest.mark.parametrize(
    ("width", "dark"),
    [
        pytest.param(360, False, id="360-light"),
        pytest.param(1440, True, id="1440-dark"),
        pytest.param(360, True, id="360-dark", marks=pytest.mark.night),
        pytest.param(1440, False, id="1440-light", marks=pytest.mark.night),
    ],
)
def test_every_kind_of_page_is_accessible(base: str, width: int, *, dark: bool) -> None:
    """The checker finds nothing serious (WCAG 2.2 AA, contrast included), nothing is wider than the screen, and nothing moves while the page loads."""
    script = sites.axe()
    with browsing.chromium(width=width, height=800, dark=dark) as driver:
        for name in KINDS:
            driver.get(base + name)
            driver.execute_script(
                "for (const one of document.querySelectorAll('main details')) one.open = true"
            )
            assert driver.execute_script("return document.documentElement.scrollWidth") <= width, name
            driver.execute_script(script)
            found = driver.execute_async_script("""
                const done = arguments[0];
                axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]}).then(
                  (all) => done(all.violations.filter((one) => ["serious", "critical"].includes(one.impact)).map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html)])),
                  (error) => done([String(error)]))
            """)
            assert found == [], f"{name} at {width}, {'dark' if dark else 'light'}"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_moves_while_a_page_loads(base: str, width: int) -> None:
    """Scripts change nothing that pushes the text: the sum of layout shifts is what Core Web Vitals call good, and a tenth of it."""
    with browsing.chromium(width=width, height=800) as driver:
        for name in KINDS:
            driver.get(base + name)
            time.sleep(0.2)
            shifts = driver.execute_async_script("""
                const done = arguments[0];
                new PerformanceObserver((list) => done(list.getEntries().reduce((sum, one) => sum + one.value, 0))).observe({type: "layout-shift", buffered: true});
                setTimeout(() => done(0), 200);
            """)
            assert shifts < 0.01, f"{name} at {width}: {shifts}"


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("instance state changed", "catalogue/alibaba/ecs/instance-state-change/"),
        ("Instance:StateChange", "catalogue/alibaba/ecs/instance-state-change/"),
        ("实例状态改变", "catalogue/alibaba/ecs/instance-state-change/"),
        ("快照", "catalogue/alibaba/ecs/snapshot-create-snapshot-completed/"),
        ("instnce-state-change", "catalogue/alibaba/ecs/instance-state-change/"),
        ("cloudmonitor dry run", "catalogue/alibaba/envelopes/cloudmonitor-debug/"),
        ("ResourceChanged", "catalogue/huawei/config/resource-changed/"),
        ("duplicate-key", "reference/findings/#duplicate-key"),
    ],
)
def test_the_finder_finds_events_by_english_chinese_and_nearly_right_words(
    base: str, driver: Chrome, words: str, first: str
) -> None:
    """What was meant is the first thing found."""
    driver.get(base)
    assert find(driver, words)[0] == base + first


@pytest.mark.parametrize(
    ("words", "field"),
    [("instanceLastState", "f.instanceLastState"), ("rebuilding", "f.instanceCurrentState")],
)
def test_the_finder_finds_fields_by_name_and_by_value(
    base: str, driver: Chrome, words: str, field: str
) -> None:
    """A field is found by its name and by its listed values, and the address leads to its row."""
    driver.get(base)
    found = find(driver, words)
    assert f"{base}catalogue/jdcloud/vm/state-change/#{field}" in found
    driver.get(f"{base}catalogue/jdcloud/vm/state-change/#{field}")
    assert driver.execute_script("return document.querySelector('tr:target')?.id") == field


def test_the_finder_works_by_keyboard_alone(base: str, driver: Chrome) -> None:
    """/ opens it, arrows choose, Enter goes there, Escape closes it."""
    from selenium.webdriver import ActionChains, Keys  # noqa: PLC0415 - only where there is a browser for it

    driver.get(base + EVENT)
    ActionChains(driver).send_keys("/").perform()
    wait(driver, "document.getElementById('find-count').textContent.startsWith('Type')")
    ActionChains(driver).send_keys(Keys.ESCAPE).perform()
    assert not driver.execute_script("return document.getElementById('finder').open")
    ActionChains(driver).send_keys("/").perform()
    ActionChains(driver).send_keys("task completed").send_keys(Keys.ARROW_DOWN).send_keys(
        Keys.ARROW_UP
    ).send_keys(Keys.ENTER).perform()
    wait(driver, "location.pathname.endsWith('/cloud-assistant-task-completed/')")


def test_the_page_for_what_is_not_there_leads_back(base: str, site: Path, driver: Chrome) -> None:
    """A server shows it at any depth below any path: its links lead to the site's root all the same, and it needs nothing from elsewhere."""
    lost = site / "catalogue" / "deep" / "er"
    lost.mkdir(parents=True)
    (lost / "index.html").write_bytes((site / "404.html").read_bytes())
    driver.get(f"{base}catalogue/deep/er/")
    wait(driver, f"document.getElementById('catalogue').href === '{base}catalogue/'")
    assert driver.execute_script("return document.getElementById('home').href") == base
    (lost / "index.html").unlink()
    driver.get_log("browser")  # type: ignore[no-untyped-call] # the folders it asked for in vain


def test_the_switch_of_envelopes(base: str, driver: Chrome) -> None:
    """A choice shows that envelope's example and where the body's fields stand in it; it has an address, and holds on the next page."""
    driver.get(base + EVENT)
    labels = driver.find_elements("css selector", ".choices label")
    for place, label in enumerate(labels):
        label.click()
        shown = driver.execute_script(
            "return [...document.querySelectorAll('.panel')].flatMap((one, i) => getComputedStyle(one).display === 'none' ? [] : [i])"
        )
        assert shown == [place]
    driver.get(f"{base}{EVENT}#in.mns-http+cloudmonitor")
    wait(driver, "document.querySelector('.choices input:checked').value === 'mns-http+cloudmonitor'")
    prefix = "getComputedStyle(document.querySelector('.fields .path'), '::before').content"
    assert driver.execute_script(f"return {prefix}") == '"Message.content."'
    driver.find_element("css selector", 'input[value="eventbridge"] + span').click()
    driver.get(f"{base}catalogue/alibaba/ecs/disk-stalled/")
    assert (
        driver.execute_script("return document.querySelector('.choices input:checked').value")
        == "eventbridge"
    )
    assert driver.execute_script(f"return {prefix}") == '"data."'


def test_code_is_copied(base: str, driver: Chrome) -> None:
    """The button puts the example on the clipboard as it is shown; of a console block, the commands only."""
    origin = base.split("/some", maxsplit=1)[0]
    driver.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"origin": origin, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
    )
    driver.get(base + EVENT)
    driver.execute_script("document.querySelector('.choices input').click(); scrollTo(0, 0)")
    driver.execute_script(
        "[...document.querySelectorAll('.panel')].find((one) => getComputedStyle(one).display !== 'none').querySelector('.copy').click()"
    )
    wait(driver, "[...document.querySelectorAll('.copy')].some((one) => one.textContent === 'Copied')")
    text = driver.execute_async_script(
        "const done = arguments[0]; navigator.clipboard.readText().then(done, (error) => done(String(error)))"
    )
    example = ROOT / "schemas/alibaba/ecs/instance-state-change/examples/1.2.0/delivered/cloudmonitor.json"
    assert json.loads(text) == json.loads(example.read_text("utf-8"))
    driver.get(base)
    driver.execute_script("document.querySelector('.copy').click()")
    wait(driver, "document.querySelector('.copy').textContent === 'Copied'")
    text = driver.execute_async_script(
        "const done = arguments[0]; navigator.clipboard.readText().then(done, (error) => done(String(error)))"
    )
    assert text == "signalbook identify demo/huawei-config-through-smn.json"


def test_the_filters_of_the_catalogue(base: str, driver: Chrome) -> None:
    """Events are filtered by provider, category, severity and words in either language, and the address keeps the choice."""
    driver.get(f"{base}catalogue/")
    rows = "[...document.querySelectorAll('table.events tbody tr')].filter((one) => !one.hidden)"
    driver.execute_script(
        "const f = document.getElementById('filters'); f.elements.provider.value = 'jdcloud'; f.dispatchEvent(new Event('input'))"
    )
    assert driver.execute_script(
        f"return {rows}.every((one) => one.dataset.provider === 'jdcloud') && {rows}.length > 5"
    )
    driver.get(driver.current_url.replace("jdcloud", "alibaba") + "&text=%E5%BF%AB%E7%85%A7")
    names = driver.execute_script(f"return {rows}.map((one) => one.querySelector('code').textContent)")
    assert names == ["Snapshot:CreateSnapshotCompleted"]
    driver.execute_script("document.querySelector('#filters button[type=reset]').click()")
    wait(driver, f"{rows}.length === 72")


def test_a_name_on_the_page_of_fields_leads_to_its_rows(base: str, driver: Chrome) -> None:
    """Filtered by a whole name, which opens it, the page links to the row of each event that has the field."""
    driver.get(f"{base}catalogue/fields/?text=instancelaststate")
    links = wait(driver, "[...document.querySelectorAll('.names > details[open] a')].map((one) => one.href)")
    assert links == [f"{base}catalogue/jdcloud/vm/state-change/#f.instanceLastState"]


def test_a_field_deeper_than_the_table_leads_to_the_row_above_it(base: str, driver: Chrome) -> None:
    """A finding may point below what the contract describes: the address falls back to the nearest field that has a row."""
    driver.get(f"{base}catalogue/jdcloud/vm/state-change/#f.instanceId.deeper.still")
    wait(driver, "location.hash === '#f.instanceId'")


def test_the_colours_can_be_chosen(base: str, driver: Chrome) -> None:
    """The button goes round system, light, dark; the choice holds on the next page, from the first paint on."""
    driver.get(base)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = driver.execute_script(f"return {ground}")
    press: Callable[[], None] = lambda: driver.find_element("id", "colours").click()  # noqa: E731
    press()
    press()
    assert driver.execute_script(f"return {ground}") != light
    driver.get(f"{base}catalogue/")
    assert driver.execute_script(f"return {ground}") != light
    press()
    assert driver.execute_script(f"return {ground}") == light


def test_an_example_is_taken_to_the_check_in_the_browser(base: str, driver: Chrome) -> None:
    """The link below an example checks just that: a delivery as it is, an invalid body as the event of its page."""
    driver.get(f"{base}{EVENT}#in.mns-http+cloudmonitor")
    driver.execute_script(
        "[...document.querySelectorAll('.panel')].find((one) => getComputedStyle(one).display !== 'none').querySelector('.take a').click()"
    )
    text = wait(driver, "document.querySelector('.results')?.textContent")
    assert "alibaba/mns-http" in text
    assert "valid" in driver.find_element("css selector", "[data-part=status]").text
    driver.get(base + EVENT)
    driver.execute_script(
        "document.querySelector('#invalid ~ details').open = true; document.querySelector('#invalid ~ details .take a').click()"
    )
    text = wait(driver, "document.querySelector('.results')?.textContent")
    assert "error" in text
    link = driver.execute_script("return document.querySelector('.results a[href*=\"#f.\"]').href")
    driver.get(link)
    assert driver.execute_script("return document.querySelector('tr:target') !== null")


def test_pages_read_without_a_script(site: Path) -> None:
    """Without scripts the text, the fields and an example of every envelope are there, and the first of the switch is shown."""
    text = (site / EVENT / "index.html").read_text("utf-8")
    assert text.count('<section class="panel"') == 8
    assert 'value="cloudmonitor" data-prefix="content." checked' in text
