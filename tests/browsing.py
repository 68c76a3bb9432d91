"""What the tests of pages share: a server of static files, and a real Chromium that looks at them."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
REQUIRED = "SIGNALBOOK_BROWSER"
"""The environment variable that makes a missing browser a failure: SIGNALBOOK_BROWSER=required."""


class _Quiet(SimpleHTTPRequestHandler):
    """Serves a folder below a sub-path of the server, and says nothing of it."""

    protocol_version = "HTTP/1.1"
    under = ""

    def translate_path(self, path: str) -> str:
        """Return the file of a URL's path; what is outside the sub-path is a file that there is not."""
        inside = path.removeprefix(self.under) if path.startswith(f"{self.under}/") else "/-/outside-the-site"
        return super().translate_path(inside)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the base class gave it
        """Say nothing: what fails, the browser's console says."""


@contextmanager
def serve(folder: Path | str, under: str = "") -> Iterator[str]:
    """Serve a folder's files, and yield the URL of its root, without a slash at the end; `under` is a sub-path to serve it from: "/docs/latest"."""
    handler = type("_Handler", (_Quiet,), {"under": under})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        # A browser keeps connections open: closing must not wait for it.
        server.daemon_threads = True
        server.block_on_close = False
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{under}"
        finally:
            server.shutdown()
            thread.join()


def browser() -> tuple[str, str]:
    """Return the paths of Chromium and of its driver; without them skip the test, or fail it where SIGNALBOOK_BROWSER=required."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    if not program or not driver:
        missing(
            f"needs Chromium and chromedriver on the PATH, and {'chromedriver' if program else 'Chromium'} is not there"
        )
    return program, driver


def missing(reason: str) -> NoReturn:
    """Skip the test, because something is not installed; or fail it where SIGNALBOOK_BROWSER=required."""
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium(
    *, width: int = 1280, height: int = 900, dark: bool = False, downloads: Path | None = None
) -> Iterator[Chrome]:
    """Yield a headless Chromium whose window has a size in CSS pixels; `dark` prefers dark, and `downloads` is the folder for what is downloaded.

    A window cannot be narrower than some 500 pixels, so the size is set as a device's, which can be a phone's.
    """
    program, driver_path = browser()
    from selenium.webdriver import Chrome  # noqa: PLC0415 - only where there is a browser for it
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415

    driver = Chrome(
        _options(program, downloads), Service(driver_path, env={**os.environ, "SE_OFFLINE": "true"})
    )
    try:
        driver.set_page_load_timeout(60)
        driver.set_script_timeout(120)
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        yield driver
    finally:
        driver.quit()


def _options(program: str, downloads: Path | None) -> Any:
    from selenium.webdriver import ChromeOptions  # noqa: PLC0415 - only where there is a browser for it

    options = ChromeOptions()
    options.binary_location = program
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-first-run",
        "--disable-extensions",
    ):
        options.add_argument(argument)
    # The browser's own business (updates, safe browsing) would be failed requests where there is no network.
    for argument in (
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-proxy-server",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    if downloads is not None:
        options.add_experimental_option(
            "prefs", {"download.default_directory": str(downloads), "download.prompt_for_download": False}
        )
    return options


def complaints(driver: Chrome) -> list[str]:
    """Return what the console has said since the last call, as warnings and errors: failed requests and exceptions are among them."""
    entries = driver.get_log("browser")  # type: ignore[no-untyped-call] # selenium leaves this one without types
    return [
        f"{entry['level']}: {entry['message']}"
        for entry in entries
        if entry["level"] in ("SEVERE", "WARNING")
    ]


def wait(driver: Chrome, script: str, seconds: float = 10) -> Any:
    """Return what a script returns, as soon as that is something. Fails when it takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := driver.execute_script(f"return ({script})"):
            return found
        time.sleep(0.05)
    return pytest.fail(f"this did not come true: {script}")
