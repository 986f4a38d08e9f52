import pytest

from tests.unit.retrieval.imports.repository import Repository, resolved

REPOSITORY = Repository(
    "lib/acme.rb", "lib/acme/user.rb", "spec/helper.rb", "gems/x/lib/x/y.rb", "json.rb"
)


@pytest.mark.parametrize(
    ("path", "target", "expected"),
    [
        ("lib/acme.rb", "acme/user", "lib/acme/user.rb"),
        ("lib/acme/user.rb", "../acme", "lib/acme.rb"),
        ("lib/acme/user.rb", "../acme.rb", "lib/acme.rb"),
        ("lib/acme.rb", "./acme/user", "lib/acme/user.rb"),
        ("test/a.rb", "helper", "spec/helper.rb"),
        ("lib/acme.rb", "x/y", "gems/x/lib/x/y.rb"),
        ("lib/acme.rb", "rails", None),
        ("lib/acme.rb", "y", None),
        ("lib/acme.rb", "../../x", None),
        ("lib/acme.rb", "/etc/passwd", None),
    ],
)
def test_required_files_are_found(path: str, target: str, expected: str | None) -> None:
    found = resolved(REPOSITORY, path, target, language="ruby")
    assert found == ([expected] if expected else [])
