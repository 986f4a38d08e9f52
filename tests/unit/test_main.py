"""The program as a command: how it ends."""

import os
import subprocess
import sys


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)  # as `| head` does, once it has its lines
    try:
        done = subprocess.run(
            [sys.executable, "-m", "lsp_server", "model", "list"],
            stdout=write,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write)
    assert done.stderr == b""
    assert done.returncode == 141  # what a shell says of SIGPIPE
