"""Run the `signalbook` command as `python -m signalbook`."""

from signalbook.cli.main import run

run()
