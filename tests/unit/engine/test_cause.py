"""What a log tells of the death of an engine."""

import pytest

from lsp_server.engine.cause import root_cause
from tests.unit.engine import fake_host


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("INFO [a.py:1] all is well\n", "", id="no error"),
        pytest.param(
            fake_host.TRACEBACKS,
            "torch.OutOfMemoryError: CUDA out of memory",
            id="the child's before the parent's",
        ),
        pytest.param(
            "(EngineCore pid=7) ERROR 11-23 01:00:00 [core.py:1] ValueError: To serve at "
            "least one request, it is larger than the available KV cache memory.\n"
            "RuntimeError: See root cause above.\n",
            "ValueError: To serve at least one request, it is larger than the available "
            "KV cache memory",
            id="a ValueError of the child",
        ),
        pytest.param("Traceback:\nKeyError\n", "KeyError", id="an error without words"),
        pytest.param(
            "pydantic_core.ValidationError: 1 validation error for ModelConfig\n"
            "  Value error, the window is too long. [type=value_error, input={'a': 1}]\n"
            "    For further information visit ...\n",
            "pydantic_core.ValidationError: 1 validation error for ModelConfig: "
            "Value error, the window is too long.",
            id="a reason below the error",
        ),
        pytest.param(
            "INFO [a.py:1] retrying after ConnectionError: refused\n",
            "",
            id="an error that is only spoken of",
        ),
    ],
)
def test_the_first_error_of_a_log_is_the_cause(log: str, cause: str) -> None:
    assert root_cause(log) == cause
