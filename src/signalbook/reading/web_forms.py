"""Decode the fields of a form (application/x-www-form-urlencoded), the format in which some products deliver their notifications."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

_FORM = re.compile(rb"[\w.~%+-]+=[\w.~%+*'()!:/?-]*(?:&[\w.~%+-]+=[\w.~%+*'()!:/?-]*)+")


def fields(data: bytes) -> dict[str, str] | None:
    """Return the fields of a form, or None if the bytes are not a form. Requires at least two fields, because other text can contain an =."""
    if not _FORM.fullmatch(data):
        return None
    try:
        found = parse_qsl(data.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        return None
    return dict(found) if len(dict(found)) == len(found) else None
