"""`python -m cnncourse` is the same as the command `cnncourse`."""

import sys

from cnncourse.cli import main

if __name__ == "__main__":
    sys.exit(main())
