import pytest

from retrieval.imports import neighbours
from tests.unit.retrieval.imports.repository import Repository, resolved

REPOSITORY = Repository(
    *("main.go", "main_test.go", "net/tcp.go", "net/udp.go", "net/tcp_test.go"),
    *("tool/run/run.go", "s/net/x.go", "sub/a.go", "x/a.go"),
    texts={
        "go.mod": "// acme\nmodule example.com/acme\n\ngo 1.22\n",
        "x/go.mod": "module example.com/acme/sub",
        "tool/go.mod": 'module "example.com/acme/tool"\n',
        "broken/go.mod": "modul",
    },
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("example.com/acme/net", ["net/tcp.go", "net/udp.go"]),
        ('"example.com/acme"', ["main.go"]),
        ("example.com/acme/tool/run", ["tool/run/run.go"]),
        ("example.com/acme/sub", ["x/a.go"]),
        ("../net", ["net/tcp.go", "net/udp.go"]),
        ("example.com/acmes/net", []),
        ("example.com/acme/../../x", []),
        ("fmt", []),
    ],
)
def test_packages_are_folders_below_their_module(
    target: str, expected: list[str]
) -> None:
    found = resolved(REPOSITORY, "tool/tool.go", target, language="go")
    assert found == expected


def test_vendored_packages_are_found_and_others_where_no_module_is_named() -> None:
    files = Repository(
        *("engine/vendor/a.org/b/c.go", "engine/pkg/io/io.go"),
        texts={"engine/vendor/a.org/b/go.mod": "module other.org/b"},
    )
    for target, expected in (
        ("a.org/b", ["engine/vendor/a.org/b/c.go"]),
        ("github.com/acme/engine/pkg/io", ["engine/pkg/io/io.go"]),
        ("github.com/acme/engine", []),
    ):
        found = resolved(files, "engine/cmd/main.go", target, language="go")
        assert found == expected


def test_a_package_is_its_folder_and_only_tests_see_tests() -> None:
    assert neighbours("net/tcp.go", "net", "go", REPOSITORY) == ("net/udp.go",)
    assert neighbours("net/tcp_test.go", "net", "go", REPOSITORY) == (
        "net/tcp.go",
        "net/udp.go",
    )


def test_files_stand_alone_in_python() -> None:
    assert neighbours("a.py", "", "python", Repository("a.py", "b.py")) == ()
