"""Two schemas as sets of values: is one proved to hold the other, and which values are worth trying where it is not."""

from signalbook.engine.compare.dialects import Unusable, local, target
from signalbook.engine.compare.probes import candidates, sources
from signalbook.engine.compare.proof import covered
from signalbook.engine.compare.subject import Subject, load_reference

__all__ = ["Subject", "Unusable", "candidates", "covered", "load_reference", "local", "sources", "target"]
