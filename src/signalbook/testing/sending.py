"""Sends a payload in one HTTP request and returns the result as a value. It follows no redirects, never retries and raises nothing.

It ignores proxies from the environment: the request goes to the address that you name.
"""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPException, RemoteDisconnected
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPResponse

TIMEOUT = 10.0
"""Seconds to wait for a connection, and for each part of a response."""

_MOST = 4096  # bytes of a response; more than anybody reads on a terminal
_MOST_LINES, _LONGEST = 5, 200
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)")
_MILLISECONDS = 1000
_GOOD = range(200, 300)
_BROKEN_OFF = (ConnectionResetError, BrokenPipeError)
# Messages for failed requests by exception; the first match is used.
_WORDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (ConnectionRefusedError, "nobody listens at {host}"),
    ((socket.gaierror, UnicodeError), "no address is known for {host}"),
    (ssl.SSLCertVerificationError, "the certificate of {host} is not trusted: {cause}"),
    (ssl.SSLError, "{host} does not speak TLS as it should: {cause}"),
    (TimeoutError, "{host} gave no sign within {seconds} seconds"),
    (RemoteDisconnected, "{host} closed the connection without an answer"),
    (_BROKEN_OFF, "{host} broke off the connection"),
    (OSError, "{host} cannot be reached: {cause}"),
    (Exception, "what {host} answers is not HTTP: {name}: {cause}"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Result of a request: the `status` with its `reason`, the beginning of the `body` and the redirect `location`, or the `problem`.

    `reached` says whether a server received the request. `milliseconds` is the time until the status or the problem.
    """

    milliseconds: int
    status: int | None = None
    reason: str = ""
    body: bytes = b""
    location: str | None = None
    problem: str | None = None
    reached: bool = True

    @property
    def is_good(self) -> bool:
        """Whether the receiver accepted the payload: any 2xx status."""
        return self.status in _GOOD

    def told(self) -> list[str]:
        """Return the result as lines of text: the status or the problem, then the first lines of the body, truncated if long."""
        if self.problem:
            return [f"no answer after {self.milliseconds} ms: {self.problem}"]
        leads = (
            f"; it leads to {self.location}, which was not followed"
            if self.location and not self.is_good
            else ""
        )
        lines = self.body.decode("utf-8", "replace").splitlines()
        cut = [line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…" for line in lines[:_MOST_LINES]]
        head = f"{self.status} {self.reason}".rstrip()
        return [
            f"{head} after {self.milliseconds} ms{leads}",
            *(f"| {line}" for line in [*cut, *["…"][: len(lines) > _MOST_LINES]]),
        ]


def header(word: str) -> tuple[str, str] | None:
    """Parse a header written as `Name: value`. Returns None if it is invalid or not ASCII."""
    found = _HEADER.fullmatch(word)
    return (found[1], found[2].strip()) if found and found[2].isascii() and found[2].isprintable() else None


def misfit(url: str) -> str | None:
    """Return why a URL cannot be used for sending, or None for a usable one."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is no URL: {error}"
    if parts.scheme not in ("http", "https"):
        return "does not begin with http:// or https://"
    if not host:
        return "names no host"
    if parts.username is not None:
        return "holds a user name: send it in a header, --header 'Authorization: …'"
    if not url.isascii() or not url.isprintable() or " " in url:
        return (
            "holds a character that has to be written with % in a URL, and in xn-- form in the name of a host"
        )
    return None


def post(url: str, data: bytes, headers: Mapping[str, str], timeout: float = TIMEOUT) -> Answer:
    """Post bytes to a URL that `misfit` accepts, and return the result. Network and server errors are returned, not raised.

    If two header names differ only in case, the later one is sent: HTTP header names are case-insensitive, and `Request` normalizes them.
    """
    request = Request(url, data, {"User-Agent": "signalbook", **headers}, method="POST")  # noqa: S310 - `misfit` allows only http and https
    start = perf_counter()
    try:
        with _opener().open(request, timeout=timeout) as response:
            taken = _since(start)
            location = response.headers.get("Location")
            return Answer(
                taken, response.status, response.reason, _beginning(response, start + timeout), location
            )
    # ValueError: the host name is invalid.
    except (OSError, HTTPException, ValueError) as error:
        return _failed(error, request, timeout, _since(start))


def _since(start: float) -> int:
    return round((perf_counter() - start) * _MILLISECONDS)


def _opener() -> OpenerDirector:
    """Return an opener for http and https only: without redirects, proxies, or exceptions for 4xx and 5xx."""
    opener = OpenerDirector()
    opener.addheaders = []
    for handler in (HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    return opener


def _beginning(response: HTTPResponse, end: float) -> bytes:
    """Read the beginning of a response, until it is long enough, the time is up, or the connection breaks."""
    data = b""
    try:
        while len(data) < _MOST and perf_counter() < end and (part := response.read1(_MOST - len(data))):
            data += part
    except (OSError, HTTPException, ValueError):
        pass  # the status is known; the body keeps what has arrived
    return data


def _failed(error: Exception, request: Request, timeout: float, taken: int) -> Answer:
    # urllib wraps errors that occur before the request is sent, and does not wrap those that occur while it waits for the response.
    wrapped = isinstance(error, URLError)
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error
    text = next(text for kinds, text in _WORDS if isinstance(cause, kinds))
    told = text.format(host=request.host, cause=cause, seconds=f"{timeout:g}", name=type(cause).__name__)
    return Answer(
        taken,
        problem=told,
        reached=not isinstance(cause, UnicodeError) and (not wrapped or isinstance(cause, _BROKEN_OFF)),
    )
