"""The program: does what the command line asks and exits with its code."""

import sys

from lsp_server.cli import run


def main() -> None:
    """Run the command line; an interrupt is no fault to show a traceback for."""
    try:
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
