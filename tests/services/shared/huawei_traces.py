"""Opens what carries CTS traces, as several careless services do: their bugs are in what they make of a trace."""

from __future__ import annotations

import json
from typing import Any


class Rejected(ValueError):
    """Not what this service takes."""


def traces(payload: Any) -> list[dict[str, Any]]:
    """Return the traces in a payload, whatever stands around them."""
    if isinstance(payload, str):
        return traces(json.loads(payload))
    if "record" in payload:
        return [trace for record in payload["record"] for trace in traces(record["smn"]["message"])]
    if "topic_urn" in payload:
        return traces(payload["message"])
    return [dict(payload.get("cts") or payload.get("data") or payload)]


def checked(payload: Any) -> list[dict[str, Any]]:
    """Return the traces in a payload. Raises `Rejected`."""
    try:
        found = traces(payload)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Rejected(repr(error)) from error
    if not all(
        isinstance(trace.get("trace_name"), str) and isinstance(trace.get("user", {}), dict | str | None)
        for trace in found
    ):
        raise Rejected("no trace")
    return found
