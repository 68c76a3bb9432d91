"""Defines the exit codes of the command; `validation/rules.py` documents what each means."""

from __future__ import annotations

CLEAN, FINDINGS, USAGE = 0, 1, 2
