"""The folder of the user's hosts' sockets."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from lsp_server.engine.base import EngineDown


def own_folder() -> Path:
    """Return the folder for sockets: ours alone, or nothing is said there."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if Path(runtime).is_absolute() and Path(runtime).is_dir():
        folder = Path(runtime, "codellama-lsp")
    else:  # nobody may replace what is ours in a folder with a sticky bit
        folder = Path(tempfile.gettempdir(), f"codellama-lsp-{os.getuid()}")
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise EngineDown(
                f"{folder} is not a folder of yours: remove it, or set standalone."
            )
        folder.chmod(0o700)
    except OSError as error:
        raise EngineDown(
            f"{folder}, where windows find their engine, cannot be used "
            f"({error.strerror}): set XDG_RUNTIME_DIR to a folder of yours, or standalone."
        ) from error
    return folder
