from pathlib import Path

import pytest

import lsp_server
from lsp_server.prompt.infill import Infiller, load
from tests.unit.prompt.meta import Meta

DEMO = Path(lsp_server.__file__).parent / "demo_model"


@pytest.fixture(scope="session")
def demo_folder() -> Path:
    return DEMO


@pytest.fixture(scope="session")
def model() -> Infiller:
    return load(DEMO)


@pytest.fixture(scope="session")
def meta() -> Meta:
    return Meta(DEMO)


@pytest.fixture
def fresh() -> Infiller:
    """A model with an empty cache, and counters that nobody else touches."""
    return load(DEMO)
