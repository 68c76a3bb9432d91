"""`python -m signalbook`: the same as the command `signalbook`."""

from signalbook.cli import run

run()
