import json

import pytest

from retrieval.imports import counterpart
from tests.unit.retrieval.imports.repository import Repository, resolved

PLAIN = Repository(
    "src/net/tcp.cc",
    "src/net/tcp.h",
    "src/util.h",
    "include/acme/net.h",
    "third/zlib/include/zlib.h",
    "compat/string.h",
    "tests/util.h",
    "tests/net/deep/test_tcp.cc",
)


@pytest.mark.parametrize(
    ("path", "target", "expected"),
    [
        ("src/net/tcp.cc", '"tcp.h"', "src/net/tcp.h"),
        ("src/net/tcp.cc", '"../util.h"', "src/util.h"),
        ("src/net/tcp.cc", '"..\\util.h"', "src/util.h"),
        ("src/net/tcp.cc", "<acme/net.h>", "include/acme/net.h"),
        ("src/net/tcp.cc", '"acme/net.h"', "include/acme/net.h"),
        ("src/net/tcp.cc", '"util.h"', "src/util.h"),
        ("tests/net/deep/test_tcp.cc", '"util.h"', "tests/util.h"),
        ("tests/net/deep/test_tcp.cc", '"net/tcp.h"', "src/net/tcp.h"),
        ("src/net/tcp.cc", "<zlib.h>", "third/zlib/include/zlib.h"),
        ("src/net/tcp.cc", '"installed/as/zlib.h"', "third/zlib/include/zlib.h"),
        ("src/net/tcp.cc", "<installed/as/zlib.h>", None),
        ("src/net/tcp.cc", "<string.h>", None),
        ("src/net/tcp.cc", '"string.h"', "compat/string.h"),
        ("src/net/tcp.cc", "<vector>", None),
        ("src/net/tcp.cc", '"../../../../etc/passwd"', None),
        ("src/net/tcp.cc", "<>", None),
        ("src/net/tcp.cc", "<..>", None),
        ("src/net/tcp.cc", "HEADER", None),
    ],
)
def test_headers_without_a_compilation_database(
    path: str, target: str, expected: str | None
) -> None:
    found = resolved(PLAIN, path, target, language="cpp")
    assert found == ([expected] if expected else [])


def database(*entries: dict[str, object]) -> str:
    return json.dumps(
        [{"directory": "/ci/build", "file": "/ci/src/a.c"} | entry for entry in entries]
    )


TWINS = (
    "src/a.c",
    "src/a.h",
    "lib/lone.h",
    "one/x.h",
    "two/x.h",
    "three/x.h",
    "four/x.h",
)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"command": "cc -I../two -c ../src/a.c"}, "two/x.h"),
        ({"command": "cc -I ../two -I../one"}, "two/x.h"),
        ({"command": 'cc -isystem "/ci/two" -I../one'}, "two/x.h"),
        ({"command": "cc -iquote '/ci/three'"}, "three/x.h"),
        ({"command": "cl.exe /I..\\three"}, "three/x.h"),
        ({"arguments": ["cc", "-I", "/ci/three"]}, "three/x.h"),
        ({"arguments": ["cc", "-I/ci/three"]}, "three/x.h"),
        ({"arguments": ["cc", "-isystem/ci/four"]}, "four/x.h"),
        ({"directory": "/ci", "file": "src/a.c", "command": "cc -Itwo"}, "two/x.h"),
        ({"command": "cc -I/elsewhere/two"}, "one/x.h"),
        ({"arguments": ["cc", "-I"]}, "one/x.h"),
        ({"arguments": [1, None]}, "one/x.h"),
    ],
)
@pytest.mark.parametrize(
    "place", ["compile_commands.json", "build/compile_commands.json"]
)
@pytest.mark.parametrize("including", ["src/a.c", "src/a.h"])
def test_the_compilers_folders_decide(
    entry: dict[str, object], expected: str, place: str, including: str
) -> None:
    repository = Repository(*TWINS, texts={place: database(entry)})
    twin = resolved(repository, including, "<x.h>", language="c")
    if expected == "one/x.h":
        assert len(twin) == 1  # nothing said: any of them
    else:
        assert twin == [expected]


def test_a_header_without_a_source_is_looked_for_where_most_files_look() -> None:
    text = database(
        {"command": "cc -I/ci/one"},
        {"file": "/ci/src/b.c", "command": "cc -I/ci/three"},
        {"file": "/ci/src/c.c", "command": "cc -I/ci/three"},
    )
    repository = Repository(
        *TWINS, "src/b.c", "src/c.c", texts={"compile_commands.json": text}
    )
    assert resolved(repository, "lib/lone.h", "<x.h>", language="c") == ["three/x.h"]
    assert resolved(repository, "src/a.h", "<x.h>", language="c") == ["one/x.h"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/net/tcp.h", "src/net/tcp.cc"),
        ("src/net/tcp.cc", "src/net/tcp.h"),
        ("include/acme/url.hpp", "src/acme/url.cpp"),
        ("src/other/url.cpp", "include/other/url.hpp"),
        ("lonely.h", None),
        ("Makefile", None),
        ("a.b/Makefile", None),
        ("notes.txt", None),
    ],
)
def test_header_and_source_find_each_other(path: str, expected: str | None) -> None:
    files = Repository(
        *("src/net/tcp.h", "src/net/tcp.cc", "other/tcp.h", "other/tcp.cc"),
        *("include/acme/url.hpp", "src/acme/url.cpp", "src/other/url.cpp"),
        *("include/other/url.hpp", "lonely.h", "Makefile", "notes.txt"),
    )
    assert counterpart(path, files) == expected
