"""`python -m smspoh` is the command `smspoh`."""

import sys

from smspoh.cli import main

if __name__ == "__main__":
    sys.exit(main())
