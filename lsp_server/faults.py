"""Errors over the wire: what is answered, what is logged, and what neither may say."""

import asyncio
import logging
import traceback
from typing import Any

from pygls.exceptions import JsonRpcException, JsonRpcInternalError

logger = logging.getLogger(__name__)


def answerable(method: str, error: BaseException) -> JsonRpcException:
    """Return the error if it was meant as an answer, else one without details."""
    if isinstance(error, JsonRpcException):
        return error
    log_failure(method, error)
    return JsonRpcInternalError(f"{method} failed: {type(error).__name__}")


def log_failure(method: str, error: BaseException) -> None:
    """Log where it failed; an exception's own words may quote user code: at DEBUG."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s failed: %s\n%s", method, type(error).__name__, frames)
    logger.debug("%s failed", method, exc_info=error)


def log_if_failed(method: str, task: asyncio.Future[Any]) -> None:
    """Log the failure of a task that nobody waits for."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log_failure(method, error)


def client_error(error: Any) -> JsonRpcException:
    """Return what the client refused with, whatever shape it gave it."""
    if not isinstance(error, dict):
        error = {}
    code, message = error.get("code"), error.get("message")
    return JsonRpcException(
        message if isinstance(message, str) else "no message",
        code if isinstance(code, int) else JsonRpcInternalError.CODE,
        error.get("data"),
    )
