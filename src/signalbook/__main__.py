"""`python -m signalbook`: the same as the command `signalbook`."""

import sys

from signalbook.cli import main

sys.exit(main())
