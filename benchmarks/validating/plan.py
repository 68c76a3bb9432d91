"""How much is made and measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """How much is made: payloads of a stream, how many of them differ, lines for peers that are told, files of a folder, bytes of the large stream."""

    lines: int = 200_000
    distinct: int = 20_000
    told: int = 20_000
    files: int = 1_000
    large: int = 1_000_000_000
    sizes: tuple[int, ...] = (300, 1_500, 6_000)
    """Bytes of the single files; the nearest payloads are taken."""


FULL = Plan()
QUICK = Plan(lines=10_000, distinct=2_000, told=2_000, files=100, large=20_000_000)
