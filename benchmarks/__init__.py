"""Measurements of signalbook beside other tools. Nothing here is part of the package."""
