"""Times as providers write them: read as aware datetimes, and written back letter by letter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

_DIGITS = re.compile(r"-?[0-9]+")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO = re.compile(
    r"(?P<year>[0-9]{4})(?P<dash>-?)(?P<month>[0-9]{2})(?P=dash)(?P<day>[0-9]{2})[Tt ](?P<time>[0-9:.]+)(?P<zone>[Zz]|[+-][0-9:]+)?"
)
_RFC_3339 = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_CONSOLE = re.compile(
    r"(?:(?P<year>[0-9]{4})[/-](?P<month>[0-9]{2})[/-](?P<day>[0-9]{2})|(?P<month2>[0-9]{2})/(?P<day2>[0-9]{2})/(?P<year2>[0-9]{4})"
    r"|(?P<name>[A-Z][a-z]{2}) (?P<day3>[0-9]{1,2}), (?P<year3>[0-9]{4})) (?P<time>[0-9:]+)(?: GMT(?P<zone>[+-][0-9:]+))?"
)
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Unit = Literal["s", "ms"]


class ProviderTime(datetime):
    """An aware datetime that remembers how the provider wrote it: `wire` is the text or the number. One that was calculated from it has none."""

    wire: str | int

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        """Keep `wire` in copies and pickles."""
        reduced: Any = super().__reduce_ex__(protocol)
        return reduced[0], reduced[1], dict(vars(self))


@dataclass(frozen=True, slots=True)
class WireTime:
    """How a provider writes a time: as text of a `pattern`, and where `number`, as a number that counts from 1970-01-01T00:00:00Z.

    With neither it is text as RFC 3339 has it. `unit` is what is counted, else the number of digits says it. `least` and `most` bound a number.
    `zone` is the offset of texts that bear none, as `+08:00`.
    `exact` says that the contract rules out days that no calendar has; otherwise such a day is read as the one that is nearest.
    """

    pattern: str | None = None
    number: bool = False
    unit: Unit | None = None
    least: int | None = None
    most: int | None = None
    zone: str | None = None
    exact: bool = False

    def read(self, value: Any, *, tolerant: bool = False) -> datetime:
        """Return the moment that a value says. With `tolerant`, any ISO 8601 time with an offset will do. Raises ValueError."""
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("a time needs its offset from UTC: give the datetime a tzinfo")
            return value
        if isinstance(value, str):
            if not tolerant and not self._fits(value):
                raise ValueError("is not written in the documented form")
            return _remembered(_moment(value, self, exact=self.exact and not tolerant), value)
        if (
            self.number
            and not isinstance(value, bool)
            and isinstance(value, (int, float))
            and value == int(value)
        ):
            if not tolerant and not (self.least is None or self.least <= value) & (
                self.most is None or value <= self.most
            ):
                raise ValueError("is out of the documented range")
            return _remembered(_counted(int(value), self.unit), int(value))
        raise ValueError("is not a time" if self.number else "is not text")

    def write(self, moment: datetime) -> str | int:
        """Return a moment as the provider writes it: as it was read, else in the first spelling that has the documented form. Raises ValueError."""
        wire = getattr(moment, "wire", None)
        if isinstance(wire, (str, int)):
            return wire
        if moment.tzinfo is None:
            raise ValueError("a time needs its offset from UTC: give the datetime a tzinfo")
        if self.number:
            return (
                (moment - _EPOCH) // timedelta(seconds=1)
                if self.unit == "s"
                else (moment - _EPOCH) // timedelta(milliseconds=1)
            )
        for text in _spellings(moment):
            if self._fits(text):
                return text
        raise ValueError(f"{moment} cannot be written in the documented form")

    def _fits(self, text: str) -> bool:
        pattern = self.pattern if self.pattern or self.number else _RFC_3339
        return pattern is not None and re.fullmatch(pattern, text) is not None


def _remembered(moment: datetime, wire: str | int) -> ProviderTime:
    made = ProviderTime.combine(moment.date(), moment.timetz())
    made.wire = wire
    return made


def _moment(text: str, form: WireTime, *, exact: bool) -> datetime:
    if _DIGITS.fullmatch(text):
        return _counted(int(text), form.unit)
    found = _ISO.fullmatch(text) or _CONSOLE.fullmatch(text)
    zone = (found["zone"] or form.zone) if found else None
    if not found or not zone:
        raise ValueError("is a time without a zone" if found else "is no time that is known how to read")
    # Python knows microseconds and no leap seconds: what is finer is cut off, and the 60th second is the one before it.
    known = re.sub(
        r"^([0-9]{2}:?[0-9]{2}:?)60", r"\g<1>59", re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", found["time"])
    )
    try:
        year, month, day = _day(found.groupdict())
        return datetime.combine(
            date(year, month, day) if exact else _nearest_day(year, month, day),
            time.fromisoformat(known + zone.upper()),
        )
    except (ValueError, OverflowError):
        raise ValueError("is no time that a calendar and a clock have") from None


def _day(parts: dict[str, str | None]) -> tuple[int, int, int]:
    name = parts.get("name")
    year, month, day = (
        next((parts[key] for key in (what, f"{what}2", f"{what}3") if parts.get(key)), None)
        for what in ("year", "month", "day")
    )
    return int(year or 0), _MONTHS.index(name) + 1 if name else int(month or 0), int(day or 0)


def _nearest_day(year: int, month: int, day: int) -> date:
    """Return a day, or the nearest that the calendar has: the first of March for the 29th of February of a common year."""
    return date(max(year, 1), month, 1) + timedelta(days=day - 1)


def _counted(number: int, unit: Unit | None) -> datetime:
    by_digits = next(
        (name for name, most in (("s", 10**11), ("ms", 10**14), ("us", 10**17)) if abs(number) < most), "ns"
    )
    seconds, rest = divmod(number, _PER_SECOND[unit or by_digits])
    try:
        return _EPOCH + timedelta(
            seconds=seconds, microseconds=rest * 10**6 // _PER_SECOND[unit or by_digits]
        )
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) if number < 0 else datetime.max.replace(tzinfo=UTC)


def _spellings(moment: datetime) -> list[str]:
    """Return the spellings of a moment that providers use, the best first: without milliseconds only where that loses nothing."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    zone = moment.isoformat()[-6:] if moment.utcoffset() else "+00:00"
    local = moment.replace(tzinfo=None)
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    spelled: list[str] = []
    for precision in ("milliseconds", "seconds") if moment.microsecond else ("seconds", "milliseconds"):
        here = local.isoformat(timespec=precision)
        basic = here.replace("-", "").replace(":", "")
        spelled += [
            f"{utc.isoformat(timespec=precision)}Z",
            f"{here}{zone}",
            f"{here}{zone.replace(':', '')}",
            f"{basic}{zone.replace(':', '')}",
        ]
    return [
        *spelled,
        f"{utc.isoformat(timespec='minutes')}Z",
        str(milliseconds),
        f"{local.isoformat(' ', 'seconds')} GMT{zone}",
    ]


def moment(value: str | int) -> datetime:
    """Return the moment that a provider's text or number says, as an aware datetime. Raises ValueError for a text without a zone.

    Numbers count from 1970-01-01T00:00:00Z: ten digits are seconds, thirteen milliseconds, nineteen nanoseconds.
    """
    return WireTime(number=True).read(value, tolerant=True)
