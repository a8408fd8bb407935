"""Run a command that dies with its parent: `python tether.py PARENT_PID COMMAND…` becomes COMMAND (Linux).

Run by path and without this project's imports, so it holds nothing but this. Elsewhere than on Linux the
broker is started directly, and one that outlived its parent is found by its record (see record.py).
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # A parent that died before the line above sends no signal any more.
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  no shell is wanted
