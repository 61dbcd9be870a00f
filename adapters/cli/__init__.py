"""The command line: `jejak`.

Exit codes: 0 done, 1 refused or tampered, 2 wrong use, 3 cannot tell or not reachable; 130 stopped by Ctrl-C, 141 when
nobody reads the output any more.
"""

from __future__ import annotations

STOPPED = 130


def main() -> int:
    """Run the command line and give its exit code."""
    try:
        from adapters.cli.commands import run

        return run()
    except KeyboardInterrupt:  # while all of this is read in; once it runs, the commands hear of it
        return STOPPED
