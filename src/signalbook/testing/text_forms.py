"""Recognizes forms of text: the random parts of ids, the time notations of providers, and text that people write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import shake_128
from typing import Any

_TOKEN = re.compile(r"[0-9A-Za-z*]{6,}")
_WORD_AND_NUMBER = re.compile(r"[A-Za-z]+[0-9]{0,4}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LEAST_MIXED = 8

_THINGS = re.compile(
    r"(topic|subscription|function|event|queue|bucket|trace|region|product|service|type)_?name$",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"(name|desc(ription)?|message|reason|remark|comment|title|subject|text|note|label|summary|output)$",
    re.IGNORECASE,
)
_TIME_KEY = re.compile(r"(time|date|_at|At|timestamp|since|until)$")


def with_other_ids(text: str, number: int) -> str:
    """Replace the random-looking parts of a text (ids, account numbers, checksums) with others of the same characters; 0 changes nothing.

    Equal parts get equal replacements, so that an id and the ARN that contains it still match.
    """
    return _TOKEN.sub(lambda found: _other(found[0], number), text) if number else text


@lru_cache(maxsize=4096)
def _other(token: str, number: int) -> str:
    if not token.isdigit() and (
        len(token) < _LEAST_MIXED or _WORD_AND_NUMBER.fullmatch(token) or not re.search("[0-9]", token)
    ):
        return token
    letters = _LETTERS[:6] if set(token.lower()) <= set("0123456789abcdef*") else _LETTERS
    noise = shake_128(f"{number} {token}".encode()).digest(len(token))
    return "".join(map(_other_character, token, noise, [letters] * len(token)))


def _other_character(old: str, noise: int, letters: str) -> str:
    if old.isdigit():
        return old if old == "0" else "123456789"[noise % 9]
    if old == "*":
        return old
    new = letters[noise % len(letters)]
    return new.upper() if old.isupper() else new


@dataclass(frozen=True, slots=True)
class Form:
    """Form of a time: the `strftime` pattern, the digits of the fraction, the zone notation; or, for a number, the units per second."""

    pattern: str = ""
    digits: int = 0
    zone: str = ""
    number: int = 0
    text: bool = True

    def written(self, at: datetime) -> Any:
        """Write a time in this form, as text or as a number. `at` must have the offset that the text shall show."""
        if self.number:
            count = int(at.timestamp()) * self.number + at.microsecond * self.number // 10**6
            return str(count) if self.text else count
        # `%d` is zero-padded, which the form with a month name is not.
        text = at.strftime(self.pattern.replace("%b %d", f"%b {at.day}"))
        fraction = f".{at.microsecond:06}000"[: self.digits + 1] if self.digits else ""
        return f"{text}{fraction}{_zone_written(self.zone, at)}"


_PATTERNS = (
    ("%Y%m%dT%H%M%S", r"[0-9]{8}T[0-9]{6}"),
    ("%Y-%m-%dT%H:%M:%S", r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"),
    ("%Y-%m-%d %H:%M:%S", r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"),
    ("%Y/%m/%d %H:%M:%S", r"[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"),
    ("%m/%d/%Y %H:%M:%S", r"[0-9]{2}/[0-9]{2}/[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}"),
    ("%b %d, %Y %H:%M:%S", r"[A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}"),
    ("%Y-%m-%dT%H:%M", r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"),
)
_REST = (
    r"(?:\.(?P<fraction>[0-9]{1,9}))?(?P<zone>Z| ?GMT[+-][0-9]{2}:[0-9]{2}|[+-][0-9]{2}:?[0-9]{2}|[A-Z]{3})?"
)
_READERS = tuple((pattern, re.compile(f"(?P<time>{form}){_REST}", re.ASCII)) for pattern, form in _PATTERNS)
_COUNTS = {10: 1, 13: 10**3, 19: 10**9}


def time_of(value: Any, key: str, *, known: bool) -> tuple[datetime, Form] | None:
    """Return the time in a value and its form, or None. A number is a time only if the contract (`known`) or the key says so."""
    counts = known or bool(_TIME_KEY.search(key))
    if isinstance(value, int) and not isinstance(value, bool):
        return _counted(str(value), text=False) if counts else None
    if not isinstance(value, str):
        return None
    if value.isdigit():
        return _counted(value, text=True) if counts else None
    for pattern, reader in _READERS:
        if found := reader.fullmatch(value):
            return _read(found, pattern)
    return None


def _counted(digits: str, *, text: bool) -> tuple[datetime, Form] | None:
    number = _COUNTS.get(len(digits))
    if number is None or digits[0] == "0":
        return None
    whole, rest = divmod(int(digits), number)
    return datetime.fromtimestamp(whole, UTC) + timedelta(microseconds=rest * 10**6 // number), Form(
        number=number, text=text
    )


def _read(found: re.Match[str], pattern: str) -> tuple[datetime, Form] | None:
    zone, fraction = found["zone"] or "", found["fraction"] or ""
    offset = re.search(r"([+-][0-9]{2}):?([0-9]{2})$", zone)
    try:
        at = datetime.strptime(
            f"{found['time']} {''.join(offset.groups()) if offset else '+0000'}", f"{pattern} %z"
        )
    except ValueError:  # a date that does not exist: a pattern may allow it, but nobody sends it
        return None
    return at.replace(microsecond=int(f"{fraction:0<6}"[:6])), Form(pattern, len(fraction), zone)


def _zone_written(zone: str, at: datetime) -> str:
    if not re.search("[+-]", zone):
        return zone
    minutes = int((at.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    before = re.split("[+-]", zone, maxsplit=1)[0]
    return f"{before}{'-' if minutes < 0 else '+'}{hours:02}{':' if ':' in zone else ''}{rest:02}"


def is_for_people(key: str, examples: list[Any]) -> bool:
    """Return whether people write the content of a free-text field, judged by its name or its examples: names, descriptions, messages."""
    texts = [example for example in examples if isinstance(example, str)]
    # A time or an address may contain a space too, but not words.
    worded = any((" " in text and text[:1].isalpha()) or not text.isascii() for text in texts)
    return not _THINGS.search(key) and (bool(_PEOPLE.search(key)) or worded)


# Each alignment of three-byte characters, so that cutting bytes at any length splits one; then four-byte characters, and characters that some
# format must escape.
_CHINESE = "生产环境订单服务器，负责华东地区的支付与结算；请勿重启。" * 4
WRITTEN: tuple[tuple[str, str], ...] = (
    ("is Chinese", "生产环境-订单服务-01"),
    ("is long and Chinese", _CHINESE),
    ("is long and Chinese, one byte later", f"a{_CHINESE}"),
    ("is long and Chinese, two bytes later", f"ab{_CHINESE}"),
    ("holds characters beyond the basic plane", "订单🚀服务 𠮷野家" * 8),
    ("holds quotes, backslashes, a line break and a tab", 'it\'s "C:\\temp"\n\t<b>&amp;</b> {0} %s ${x}'),
)
"""Texts that people may write into a free-text field: a description, and the text."""
