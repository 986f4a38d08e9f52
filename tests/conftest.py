"""What holds for every test: nothing of the developer's own is read or written."""

import importlib.util
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_OF_THE_USER = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


@pytest.fixture(scope="session", autouse=True)
def home_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For what lives longer than a test, such as a server that a module shares."""
    with pytest.MonkeyPatch.context() as environment:
        _move_in(tmp_path_factory.mktemp("home"), environment)
        yield


@pytest.fixture(autouse=True)
def home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Each test's own empty home."""
    folder = tmp_path_factory.mktemp("home")
    _move_in(folder, monkeypatch)
    return folder


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("vllm") and importlib.util.find_spec("vllm") is None:
        reason = "vLLM is not installed: make install"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}; CI skips nothing", pytrace=False)
        pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def runtime_of_the_run() -> Iterator[None]:
    """Where engine hosts are met: a Unix socket's path must be short."""
    with (
        tempfile.TemporaryDirectory(prefix="run-") as folder,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("XDG_RUNTIME_DIR", folder)
        yield


@pytest.fixture(scope="session", autouse=True)
def vllm_cache_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What vLLM found out about a model's class, which costs it a process of 8 s each time."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("VLLM_CACHE_ROOT", str(tmp_path_factory.mktemp("vllm")))
        yield


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """For Unix sockets: pytest's own folders have long names."""
    with tempfile.TemporaryDirectory(prefix="run-") as folder:
        yield Path(folder)


def _move_in(home: Path, environment: pytest.MonkeyPatch) -> None:
    for name in _OF_THE_USER:
        folder = "" if name == "HOME" else name
        environment.setenv(name, str(home / folder))
    for name in [*os.environ]:
        if name.startswith("CODELLAMA_"):
            environment.delenv(name)
