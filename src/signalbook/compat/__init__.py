"""Two versions → what changed, whether it breaks something, and the payload that shows it. Nothing is guessed: see `verdict`."""

from signalbook.compat.bounding import ALL, LAW, bounded
from signalbook.compat.changes import CLASSES, Change
from signalbook.compat.comparison import BUMPS, Bump, Comparison, compare
from signalbook.compat.facts import without_words
from signalbook.compat.history import Step, declared, history, step
from signalbook.compat.telling import markdown, text, version_lines
from signalbook.compat.verdict import DRAWS, SECONDS, Answer
from signalbook.engine.compare import Unusable

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
