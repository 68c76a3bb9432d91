"""Convert paths of keys and indices to JSON Pointers (RFC 6901) and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def escape(token: str) -> str:
    """Return one step of a JSON Pointer, escaped as in RFC 6901."""
    return token.replace("~", "~0").replace("/", "~1")


def join(path: Iterable[str | int]) -> str:
    """Return the JSON Pointer for a path of keys and indices; "" for the empty path."""
    return "".join(f"/{escape(str(token))}" for token in path)


def split(pointer_text: str) -> tuple[str, ...]:
    """Return the unescaped steps of a JSON Pointer as strings, including indices."""
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer_text.split("/")[1:])
