"""Compares two versions: what changed, whether it breaks something, and a payload that proves it. Nothing is guessed: see `decision`."""

from signalbook.compat.bounded_process import ALL, LAW, bounded
from signalbook.compat.changes import CLASSES, Change
from signalbook.compat.comparison import BUMPS, Bump, Comparison, compare
from signalbook.compat.decision import DRAWS, SECONDS, Answer
from signalbook.compat.dialects import Unusable
from signalbook.compat.field_facts import without_words
from signalbook.compat.history import Step, declared, history, step
from signalbook.compat.rendering import markdown, text, version_lines

__all__ = [
    "ALL",
    "BUMPS",
    "CLASSES",
    "DRAWS",
    "LAW",
    "SECONDS",
    "Answer",
    "Bump",
    "Change",
    "Comparison",
    "Step",
    "Unusable",
    "bounded",
    "compare",
    "declared",
    "history",
    "markdown",
    "step",
    "text",
    "version_lines",
    "without_words",
]
