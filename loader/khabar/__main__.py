"""The program ``khabar``, also as ``python -m khabar``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from khabar.cli.program import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        # Before or after the program proper, which tells it in a sentence.
        sys.exit(130)


if __name__ == "__main__":
    main()
