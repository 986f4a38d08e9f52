import pytest

from retrieval.imports import neighbours
from tests.unit.retrieval.imports.repository import Repository, resolved

REPOSITORY = Repository(
    namespaces={
        "Acme": ["Core/Thing.cs", "Core/Thing.Parsing.cs", "Core/Things.cs"],
        "Acme.Models": ["Core/Models/User.cs", "Web/Order.cs"],
        "Acme.Web": ["Web/Page.cs"],
    }
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("Acme.Models", ["Web/Order.cs", "Core/Models/User.cs"]),
        ("global::Acme.Web", []),
        ("Acme.Thing", ["Core/Thing.Parsing.cs", "Core/Thing.cs"]),
        ("Acme.Models.User", ["Core/Models/User.cs"]),
        ("Acme.Models.User<int>", ["Core/Models/User.cs"]),
        ("System.Linq", []),
        ("System", []),
    ],
)
def test_namespaces_are_where_they_are_declared(
    target: str, expected: list[str]
) -> None:
    assert resolved(REPOSITORY, "Web/Page.cs", target, language="csharp") == expected


def test_enclosing_namespaces_are_seen_too() -> None:
    assert neighbours("Web/Page.cs", "Acme.Web", "csharp", REPOSITORY) == (
        "Core/Thing.Parsing.cs",
        "Core/Thing.cs",
        "Core/Things.cs",
    )
