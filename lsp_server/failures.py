"""What went wrong, in the log: where it failed, and not what the user wrote."""

import asyncio
import logging
import traceback
from typing import Any

logger = logging.getLogger(__name__)


def log_failure(method: str, error: BaseException) -> None:
    """Log where it failed; an exception's own words may quote user code: at DEBUG."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s failed: %s\n%s", method, type(error).__name__, frames)
    logger.debug("%s failed", method, exc_info=error)


def log_if_failed(method: str, task: asyncio.Future[Any]) -> None:
    """Log the failure of a task that nobody waits for."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log_failure(method, error)
