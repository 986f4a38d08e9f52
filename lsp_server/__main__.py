"""The program: does what the command line asks and exits with its code."""

import os
import sys

from lsp_server.cli import run


def main() -> None:
    """Run the command line.

    An interrupt is no fault to show a traceback for, nor is a reader of what is printed
    that has seen enough (``model list | head``).
    """
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        code = 141
        # Python flushes once more at its end; there is nobody to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
