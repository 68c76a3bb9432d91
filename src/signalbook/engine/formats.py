"""Provide the format checkers of the reference validator: its own, plus the two IRI formats.

jsonschema leaves the IRI formats to a package that builds a grammar at import, which takes a second. Here, an IRI is mapped to a URI as in RFC 3987:
the additional characters are percent-encoded, and a URI accepts a percent-encoded character wherever an IRI accepts one of these.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# `ucschar` and `iprivate` of RFC 3987, section 2.2. The last two characters of every plane are excluded.
_PLANES = "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14))
_EVERYWHERE = re.compile(f"[\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef{_PLANES}\U000e1000-\U000efffd]")
_IN_QUERIES = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


@cache
def checker(validator: Any) -> Any:
    """Return the format checker for a validator class of jsonschema: its own formats, and for draft-07 also the IRI formats."""
    import jsonschema  # noqa: PLC0415 - only for the reference validator

    found = jsonschema.FormatChecker(formats=())
    found.checkers = dict(validator.FORMAT_CHECKER.checkers)
    if validator is jsonschema.Draft7Validator:
        # If that package is installed, jsonschema has IRI checkers of its own; verdicts must not depend on that.
        found.checkers |= {"iri": (_iri("URI"), ()), "iri-reference": (_iri("URI_reference"), ())}
    return found


def _iri(rule: str) -> Callable[[object], bool]:
    def conforms(value: object) -> bool:
        from rfc3986_validator import validate_rfc3986  # noqa: PLC0415 - compiles patterns, and few schemas use IRIs

        # The `$` of the validator also matches before a trailing line break.
        return not isinstance(value, str) or (
            value[-1:] != "\n" and validate_rfc3986(_uri(value), rule=rule) is not None
        )

    return conforms


def _uri(iri: str) -> str:
    """Return an IRI with each character that is allowed only in an IRI percent-encoded."""
    before, mark, fragment = iri.partition("#")
    path, question, query = before.partition("?")
    return _EVERYWHERE.sub("%FF", path + question + _IN_QUERIES.sub("%FF", query) + mark + fragment)
