"""Trusts that an account has an id: the table says so, and a trace received in 2026 has its name only."""

from __future__ import annotations

from typing import Any

from huawei_traces import Rejected, checked

__all__ = ["BUG", "EVENTS", "HANDLER", "Rejected", "handler"]

EVENTS = ["huawei/cts/trace"]
HANDLER = "handler"
BUG = "optional field"


def handler(event: dict[str, Any], _context: object) -> list[str]:
    """Return in which accounts something was done."""
    found = []
    for trace in checked(event):
        match trace.get("user"):
            case {"name": str(name), "domain": {**domain}}:
                found.append(f"{domain['id']}/{name}")
    return found
