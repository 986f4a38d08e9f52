"""Errors over the wire: what is answered, and what that may not say."""

from typing import Any

from pygls.exceptions import JsonRpcException, JsonRpcInternalError

from lsp_server.failures import log_failure


def answerable(method: str, error: BaseException) -> JsonRpcException:
    """Return the error if it was meant as an answer, else one without details."""
    if isinstance(error, JsonRpcException):
        return error
    log_failure(method, error)
    return JsonRpcInternalError(f"{method} failed: {type(error).__name__}")


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
