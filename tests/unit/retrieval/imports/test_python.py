import pytest

from tests.unit.retrieval.imports.repository import Repository, resolved

PACKAGE = Repository(
    "acme/__init__.py",
    "acme/api.py",
    "acme/models/__init__.py",
    "acme/models/user.py",
    "acme/models/user.pyi",
    "acme/json.py",
    "tests/conftest.py",
    "tests/test_api.py",
    "tests/support.py",
)


@pytest.mark.parametrize(
    ("path", "target", "names", "expected"),
    [
        ("tests/test_api.py", "acme", (), ["acme/__init__.py"]),
        ("tests/test_api.py", "acme.api", (), ["acme/api.py"]),
        ("tests/test_api.py", "acme", ("api",), ["acme/api.py", "acme/__init__.py"]),
        ("tests/test_api.py", "support", ("at",), ["tests/support.py"]),
        (
            "acme/api.py",
            ".",
            ("models",),
            ["acme/models/__init__.py", "acme/__init__.py"],
        ),
        ("acme/api.py", ".models", ("*",), ["acme/models/__init__.py"]),
        ("acme/models/user.py", "..api", ("f",), ["acme/api.py"]),
        ("acme/models/user.py", "...tests.support", (), ["tests/support.py"]),
        ("acme/models/user.py", "....acme", (), []),
        (
            "acme/models/__init__.py",
            ".user",
            (),
            ["acme/models/user.py", "acme/models/user.pyi"],
        ),
        ("acme/api.py", "json", (), []),
        ("acme/api.py", "numpy", ("array",), []),
        ("acme/api.py", "", (), []),
        ("acme/api.py", "acme..api", (), []),
        ("acme/api.py", "acme/models", (), []),
    ],
)
def test_modules_are_found_from_the_root_of_their_package(
    path: str, target: str, names: tuple[str, ...], expected: list[str]
) -> None:
    assert resolved(PACKAGE, path, target, *names, language="python") == expected


def test_a_name_that_is_no_module_puts_its_package_first() -> None:
    found = resolved(
        PACKAGE, "tests/test_api.py", "acme.models", "User", "user", language="python"
    )
    assert found == [
        "acme/models/__init__.py",
        "acme/models/user.py",
        "acme/models/user.pyi",
    ]


def test_a_package_hides_the_module_beside_it() -> None:
    both = Repository("a/__init__.py", "a.py", "b.py")
    assert resolved(both, "b.py", "a", language="python") == ["a/__init__.py"]


@pytest.mark.parametrize(
    ("files", "path", "target", "expected"),
    [
        (["src/acme/x.py"], "tests/test_x.py", "acme.x", "src/acme/x.py"),
        (["lib/acme/x.py"], "lib/acme/y.py", "acme.x", "lib/acme/x.py"),
        (["stubs/acme/x.pyi"], "main.py", "acme.x", "stubs/acme/x.pyi"),
        (["a/b/c/d.py"], "a/b/e/f.py", "a.b.c.d", "a/b/c/d.py"),
        (["one/deep/er/acme/x.py"], "two/y.py", "acme.x", "one/deep/er/acme/x.py"),
        (
            ["libs/core/setup.py", "libs/core/src/core/__init__.py"],
            "apps/web/main.py",
            "core",
            "libs/core/src/core/__init__.py",
        ),
        (["p/__init__.py", "p/helper.py"], "p/script.py", "helper", "p/helper.py"),
    ],
)
def test_layouts_without_an_installation(
    files: list[str], path: str, target: str, expected: str
) -> None:
    repository = Repository(*files, path)
    assert resolved(repository, path, target, language="python") == [expected]


def test_a_module_inside_an_unrelated_package_is_not_what_an_outside_name_means() -> (
    None
):
    repository = Repository("acme/__init__.py", "acme/requests.py", "tools/run.py")
    assert resolved(repository, "tools/run.py", "requests", language="python") == []


@pytest.mark.parametrize(
    "said",
    [
        '[tool.setuptools.packages.find]\nwhere = ["code"]',
        '[tool.setuptools.package-dir]\n"" = "code"',
        '[tool.poetry]\npackages = [{ include = "acme", from = "code" }]',
        '[tool.pytest.ini_options]\npythonpath = "code"',
        '[tool.pyright]\nextraPaths = ["./code"]',
    ],
)
def test_pyproject_says_where_packages_stand(said: str) -> None:
    repository = Repository("code/acme/__init__.py", texts={"pyproject.toml": said})
    found = resolved(repository, "tests/a.py", "acme", language="python")
    assert found == ["code/acme/__init__.py"]


@pytest.mark.parametrize(
    "said",
    [
        "[tool",
        "tool = 1",
        "[tool]\nsetuptools = []\npoetry = { packages = 1 }",
        '[tool.pyright]\nextraPaths = ["../..", "/etc", 3]',
        "[tool.poetry]\npackages = [1, { from = [] }]",
    ],
)
def test_a_strange_pyproject_changes_nothing(said: str) -> None:
    repository = Repository("src/acme.py", texts={"pyproject.toml": said})
    assert resolved(repository, "a.py", "acme", language="python") == ["src/acme.py"]
