"""Suggest the known words that a misspelt word probably stands for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, words: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return the `words` most similar to `word` in spelling, best first; a word that differs only in case comes first."""
    # A hostile stream may have long words, and a new one in each payload.
    find = _nearest if len(word) <= _LONGEST else _nearest.__wrapped__
    return find(word, tuple(words), limit)


_LONGEST = 100


@lru_cache(maxsize=1000)
def _nearest(word: str, words: tuple[str, ...], limit: int) -> tuple[str, ...]:
    # Imported here, because only invalid payloads need it, and the import takes two milliseconds.
    from difflib import get_close_matches  # noqa: PLC0415

    plain: dict[str, list[str]] = {}
    for known in words:
        plain.setdefault(_plain(known), []).append(known)
    found = get_close_matches(_plain(word), plain, n=limit, cutoff=0.72)
    ranked = (
        known
        for key in found
        for known in sorted(plain[key], key=lambda known: known.casefold() != word.casefold())
    )
    return tuple(known for known in ranked if known != word)[:limit]


def _plain(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")
