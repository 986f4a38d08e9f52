"""What holds for every language: inside the repository, without errors, quickly."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retrieval.imports import RESOLVERS, resolve
from retrieval.imports.configuration import parsed_json
from retrieval.outline import Import
from tests.unit.retrieval.imports.repository import Repository, resolved

LANGUAGES = sorted(RESOLVERS)
FILES = (
    *("a/b/x.py", "a/b/x.ts", "a/b/x.h", "a/b/x.java", "a/b/x.php", "a/b/x.sh"),
    *(
        "a/b/x.go",
        "a/b/x.rb",
        "a/b/x.cs",
        "x.py",
        "x.ts",
        "x.h",
        "x.php",
        "x.sh",
        "x.rb",
    ),
)
CONFIGURATIONS = (
    *("tsconfig.json", "package.json", "a/package.json", "composer.json"),
    *("compile_commands.json", "a/tsconfig.json", "pyproject.toml", "go.mod"),
    "pnpm-workspace.yaml",
)

KEYS = st.sampled_from(
    [
        *(
            "compilerOptions",
            "paths",
            "baseUrl",
            "extends",
            "references",
            "path",
            "@/*",
        ),
        *(
            "exports",
            "imports",
            ".",
            "./*",
            "#*",
            "import",
            "name",
            "main",
            "workspaces",
        ),
        *("packages", "autoload", "autoload-dev", "psr-4", "psr-0", "A\\", "", "types"),
        *("directory", "file", "command", "arguments", "dependencies", "x", "*"),
    ]
)
WORDS = st.sampled_from(
    [
        *(
            "./x",
            "../..",
            "/etc",
            "x",
            "*",
            "./*",
            "src/*",
            "./tsconfig.json",
            "**",
            "!x",
        ),
        *(
            "cc -I../.. -I/ -I",
            "-I",
            "/a/b/x.h",
            "workspace:*",
            "\0",
            "\ud800",
            "",
            ".",
        ),
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
TARGETS = (
    st.sampled_from(
        [
            *(
                "x",
                "./x",
                "@/x",
                "#x",
                "@a/x",
                "a.b.x",
                "..x",
                "A\\x",
                '"x.h"',
                "<x.h>",
            ),
            *(
                "$(dirname $0)/x.sh",
                "../../../x.sh",
                "__DIR__ . '/x.php'",
                "./x.js",
                ".",
            ),
        ]
    )
    | st.text(max_size=20)
    | st.text(alphabet="./\\*@#$(){}'\"`~-:%ax", max_size=12)
)


def check(files: Repository, target: str, names: tuple[str, ...] = ()) -> None:
    for language in LANGUAGES:
        for path in ("a/b/c.x", "x.py"):
            item = Import(target=target, line=0, names=names)
            for found in resolve(item, path, language, files):
                assert found in files.paths
                assert found != path


@settings(deadline=None)
@given(
    texts=st.dictionaries(st.sampled_from(CONFIGURATIONS), VALUES, max_size=4),
    target=TARGETS,
    names=st.lists(TARGETS, max_size=2),
)
@example(texts={"tsconfig.json": {"extends": "."}}, target="x", names=[])
@example(texts={"package.json": {"name": "x", "exports": []}}, target="x", names=[])
def test_no_configuration_and_no_target_raises_or_leads_outside(
    texts: dict[str, Any], target: str, names: list[str]
) -> None:
    said = {path: json.dumps(value) for path, value in texts.items()}
    check(Repository(*FILES, texts=said), target, tuple(names))


@settings(deadline=None)
@given(
    texts=st.dictionaries(st.sampled_from(CONFIGURATIONS), st.text(), max_size=4),
    target=TARGETS,
)
def test_no_text_of_a_configuration_raises(texts: dict[str, str], target: str) -> None:
    check(Repository(*FILES, texts=texts), target)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "1" * 10_000, '{"a":' * 50_000, "\0", ""]
)
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_endless_nesting_is_no_configuration(name: str, text: str) -> None:
    check(Repository(*FILES, texts={name: text}), "@/x")


@pytest.mark.parametrize(
    "text", ['"\\' * 200_000, "/*" * 200_000, '"' * 200_001, ", " * 200_000, "{" + " " * 400_000]
)  # fmt: skip
def test_reading_jsonc_takes_no_longer_than_its_length_allows(text: str) -> None:
    assert parsed_json(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "//no", /* b */ "c": [1,],}', {"a": "//no", "c": [1]}),
        ('{"a": ",]", "b": "\\",}"} // end', {"a": ",]", "b": '",}'}),
        ("{'a': 1}", None),
        ('{"a": /*', None),
    ],
)
def test_comments_and_trailing_commas_are_no_part_of_strings(
    text: str, value: Any
) -> None:
    assert parsed_json(text) == value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "target", ["missing", "a.b.missing", "@a/missing", '"m/x.h"', "A\\B\\C"]
)
def test_an_outside_import_asks_little_of_a_big_repository(
    language: str, target: str
) -> None:
    folders = [f"packages/p{n}" for n in range(2000)]
    files = Repository(
        *(f"{folder}/src/main.ts" for folder in folders),
        texts={
            f"{folder}/{name}": "{}"
            for folder in folders
            for name in ("package.json", "composer.json", "pyproject.toml", "go.mod")
        },
    )
    resolved(files, "packages/p7/src/x", target, language=language)
    assert files.asked < 250


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("target", ["", "a" * 1001, "a." * 1000])
def test_what_nobody_writes_is_not_looked_for(language: str, target: str) -> None:
    files = Repository("a.py")
    assert resolved(files, "b.py", target, language=language) == []
    assert files.asked == 0


def test_a_language_without_a_resolver_has_no_imports() -> None:
    assert resolved(Repository("a.lua"), "b.lua", "a", language="lua") == []
