"""Names of configuration files."""

from __future__ import annotations

OWN, SHARED = "signalbook.toml", "pyproject.toml"
TABLE = ("tool", "signalbook")
"""Keys of the settings table in a `pyproject.toml`."""
