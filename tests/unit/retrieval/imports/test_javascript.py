import json
from typing import Any

import pytest

from tests.unit.retrieval.imports.repository import Repository, resolved


def check(
    repository: Repository,
    target: str,
    expected: str | None,
    path: str = "src/app.ts",
    language: str = "typescript",
) -> None:
    found = resolved(repository, path, target, language=language)
    assert found == ([expected] if expected else [])


RELATIVE = Repository(
    *("src/app.ts", "src/button.tsx", "src/old.js", "src/page.vue", "src/data.json"),
    *(
        "src/both.js",
        "src/both.ts",
        "src/native.d.ts",
        "src/native.js",
        "src/only.d.ts",
    ),
    *("src/forms/index.ts", "src/index.js", "src/deep/x.mts", "src/style.css"),
    *("src/a.b.ts", "src.ts", "src/forms.test.ts"),
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("./button", "src/button.tsx"),
        ("./button.js", "src/button.tsx"),
        ("./button.jsx", "src/button.tsx"),
        ("./old", "src/old.js"),
        ("./old.js", "src/old.js"),
        ("./both", "src/both.ts"),
        ("./both.js", "src/both.ts"),
        ("./native", "src/native.js"),
        ("./native.js", "src/native.js"),
        ("./only", "src/only.d.ts"),
        ("./only.js", "src/only.d.ts"),
        ("./deep/x.mjs", "src/deep/x.mts"),
        ("./page.vue", "src/page.vue"),
        ("./page", "src/page.vue"),
        ("./data.json", "src/data.json"),
        ("./style.css?inline", "src/style.css"),
        ("./a.b", "src/a.b.ts"),
        ("./forms", "src/forms/index.ts"),
        ("./forms/", "src/forms/index.ts"),
        (".", "src/index.js"),
        ("./", "src/index.js"),
        ("../src/old", "src/old.js"),
        ("..", None),
        ("../../x", None),
        ("./missing", None),
        ("/src/old.js", None),
        ("node:fs", None),
        ("https://deno.land/x.ts", None),
        ("react", None),
        ("", None),
        ("@", None),
        ("@/", None),
        ("#", None),
    ],
)
def test_relative_modules_are_found_as_they_are_written(
    target: str, expected: str | None
) -> None:
    check(RELATIVE, target, expected)


TS_FILES = (
    "src/app.ts",
    "src/lib/db.ts",
    "src/lib/net/index.ts",
    "gen/db.ts",
    "gen/lib/db.ts",
    "src/x.ts",
)


@pytest.mark.parametrize(
    ("config", "target", "expected"),
    [
        ('{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}', "@/lib/db", "src/lib/db.ts"),
        ('{"compilerOptions": {"paths": {"db": ["src/lib/db"]}}}', "db", "src/lib/db.ts"),
        (
            '{"compilerOptions": {"paths": {"*": ["gen/*"], "db": ["src/lib/db.ts"]}}}',
            "db",
            "src/lib/db.ts",
        ),
        (
            '{"compilerOptions": {"paths": {"~*": ["gen/*"], "~lib/*": ["src/lib/*"]}}}',
            "~lib/db",
            "src/lib/db.ts",
        ),
        ('{"compilerOptions": {"paths": {"*": ["no/*", "gen/*"]}}}', "db", "gen/db.ts"),
        ('{"compilerOptions": {"paths": {"*.db": ["gen/*"]}}}', "db.db", "gen/db.ts"),
        (
            '{"compilerOptions": {"baseUrl": "src", "paths": {"@l/*": ["lib/*"]}}}',
            "@l/db",
            "src/lib/db.ts",
        ),
        ('{"compilerOptions": {"baseUrl": "./src"}}', "lib/net", "src/lib/net/index.ts"),
        ('{"compilerOptions": {"baseUrl": "."}}', "gen/db", "gen/db.ts"),
        ('{"compilerOptions": {"paths": {"#l/*": ["src/lib/*"]}}}', "#l/db", "src/lib/db.ts"),
        (
            '\ufeff{ // why\n "compilerOptions": {/* { */ "paths": {"a//b": ["gen/db",],},},}',
            "a//b",
            "gen/db.ts",
        ),
        ('{"compilerOptions": {"paths": {"@/*": ["../../*"]}}}', "@/etc/passwd", None),
        ('{"compilerOptions": {"paths": {"@/*": ["src/*"]}}}', "@/../../x", None),
        ('{"compilerOptions": {"baseUrl": "/src"}}', "lib/db", None),
        ('{"compilerOptions": {"paths": {"@/*": "src/*"}}}', "@/lib/db", "src/lib/db.ts"),
        ("{", "lib/db", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["tsconfig.json", "jsconfig.json"])
def test_paths_and_base_url(
    config: str, target: str, expected: str | None, name: str
) -> None:
    check(Repository(*TS_FILES, texts={name: config}), target, expected)


@pytest.mark.parametrize(
    "texts",
    [
        {"tsconfig.json": {"extends": "./base.json"}},
        {"tsconfig.json": {"extends": "./base"}},
        {"tsconfig.json": {"extends": ["./base", "./tsconfig.json"]}},
        {"tsconfig.json": {"extends": "./base", "compilerOptions": {"paths": {}}}},
        {"src/tsconfig.json": {"extends": "../base"}},
        {"tsconfig.json": {"files": [], "references": [{"path": "./base.json"}]}},
        {"tsconfig.json": {"references": [{"path": 3}, 4, {"path": "base.json"}]}},
        {
            "tsconfig.json": {"extends": "./middle"},
            "middle.json": {"extends": "./base"},
        },
        {"src/tsconfig.json": {}, "tsconfig.json": {"extends": "./base"}},
    ],
)
def test_configurations_extend_and_refer(texts: dict[str, Any]) -> None:
    base = {"compilerOptions": {"paths": {"@/*": ["./src/lib/*"]}}}
    texts = {
        path: json.dumps(text) for path, text in {**texts, "base.json": base}.items()
    }
    check(Repository(*TS_FILES, texts=texts), "@/db", "src/lib/db.ts")


def test_config_dir_is_where_the_chain_begins() -> None:
    base = {"compilerOptions": {"paths": {"@/*": ["${configDir}/lib/*"]}}}
    texts = {
        "common/base.json": json.dumps(base),
        "src/tsconfig.json": '{"extends": "../common/base.json"}',
    }
    check(Repository(*TS_FILES, texts=texts), "@/db", "src/lib/db.ts")


def test_a_configuration_that_extends_itself_ends() -> None:
    texts = {
        "tsconfig.json": '{"extends": ["./a.json", "./a.json"]}',
        "a.json": '{"extends": ["./tsconfig.json", "./a.json"]}',
    }
    check(Repository(*TS_FILES, texts=texts), "@x/db", None)


PACKAGE_FILES = (
    *(
        "packages/ui/src/index.ts",
        "packages/ui/src/button.tsx",
        "packages/ui/src/x/y.ts",
    ),
    *(
        "packages/ui/plain.js",
        "packages/ui/src/types/y.ts",
        "packages/ui/src/only-import.ts",
    ),
)


@pytest.mark.parametrize(
    ("package", "target", "expected"),
    [
        ({}, "@acme/ui", "src/index.ts"),
        ({}, "@acme/ui/button", None),
        ({}, "@acme/ui/src/button", "src/button.tsx"),
        ({}, "@acme/ui/plain", "plain.js"),
        ({}, "@acme/ui/dist/button", "src/button.tsx"),
        ({}, "@acme/ui/../../../x", None),
        ({"main": "plain"}, "@acme/ui", "plain.js"),
        ({"main": "./dist/button.cjs"}, "@acme/ui", "src/button.tsx"),
        (
            {"main": "lib/nothing.js", "types": "lib/button.d.ts"},
            "@acme/ui",
            "src/button.tsx",
        ),
        ({"module": "dist/esm/x/y.js"}, "@acme/ui", "src/x/y.ts"),
        ({"main": "dist/types/y.js"}, "@acme/ui", "src/types/y.ts"),
        ({"main": "dist/src/button.js"}, "@acme/ui", "src/button.tsx"),
        ({"exports": "./dist/button.js"}, "@acme/ui", "src/button.tsx"),
        ({"exports": {"import": "./dist/button.mjs"}}, "@acme/ui", "src/button.tsx"),
        (
            {"exports": {".": {"types": "./plain.js", "source": "./src/button.tsx"}}},
            "@acme/ui",
            "src/button.tsx",
        ),
        (
            {
                "exports": {
                    ".": {"node": {"require": "./no.cjs", "import": "./plain.js"}}
                }
            },
            "@acme/ui",
            "plain.js",
        ),
        (
            {"exports": {".": [{"import": "./no.js"}, "./plain.js"]}},
            "@acme/ui",
            "plain.js",
        ),
        ({"exports": {"./b": "./dist/button.js"}}, "@acme/ui/b", "src/button.tsx"),
        ({"exports": {"./*": "./dist/*.js"}}, "@acme/ui/x/y", "src/x/y.ts"),
        (
            {"exports": {"./*": "./no/*.js", "./x/*": "./dist/x/*.js"}},
            "@acme/ui/x/y",
            "src/x/y.ts",
        ),
        ({"exports": {"./*.js": "./src/*.ts"}}, "@acme/ui/x/y.js", "src/x/y.ts"),
        ({"exports": {"./x/": "./src/x/"}}, "@acme/ui/x/y.js", "src/x/y.ts"),
        ({"exports": {"./*": "../../../../*"}}, "@acme/ui/etc", None),
        ({"exports": {".": None}}, "@acme/ui", "src/index.ts"),
        ({"exports": {"./button": None}, "main": 3}, "@acme/ui", "src/index.ts"),
    ],
)
def test_what_a_package_exports_is_found_in_its_source(
    package: dict[str, Any], target: str, expected: str | None
) -> None:
    texts = {"packages/ui/package.json": json.dumps({"name": "@acme/ui"} | package)}
    expected = f"packages/ui/{expected}" if expected else None
    for path in ("apps/web/main.ts", "packages/ui/src/index.tsx"):
        check(Repository(*PACKAGE_FILES, texts=texts), target, expected, path)


def test_declarations_stand_for_a_package_without_its_source() -> None:
    package = {"name": "kit", "main": "lib/kit.js", "types": "index.d.ts"}
    texts = {"package.json": json.dumps(package)}
    check(Repository("index.d.ts", texts=texts), "kit", "index.d.ts")
    both = Repository("index.d.ts", "src/index.js", texts=texts)
    check(both, "kit", "src/index.js")


@pytest.mark.parametrize(
    ("root", "pnpm", "expected"),
    [
        ({"workspaces": ["libs/*"]}, "", "libs/one/index.js"),
        ({"workspaces": {"packages": ["./libs/*/"]}}, "", "libs/one/index.js"),
        ({"workspaces": ["other/**"]}, "", "other/deep/two/index.js"),
        ({"workspaces": ["**", "!libs/*"]}, "", "other/deep/two/index.js"),
        ({"workspaces": ["other/*"]}, "", None),
        ({}, "packages:\n  - 'libs/*'\n", "libs/one/index.js"),
        ({}, "# all\npackages:\n\n- other/** # deep\n", "other/deep/two/index.js"),
        ({}, 'catalog:\n  - "libs/*"\npackages:\n  - "other/**"\n', "other/deep/two/index.js"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("name", "dependency"),
    [("@acme/three", None), ("three", "workspace:^"), ("three", "*")],
)
def test_neighbours_are_those_of_the_workspace(
    root: dict[str, Any],
    pnpm: str,
    expected: str | None,
    name: str,
    dependency: str | None,
) -> None:
    dependencies = {name: dependency} if dependency else {}
    texts = {
        "package.json": json.dumps({"name": "@acme/root"} | root),
        "pnpm-workspace.yaml": pnpm,
        "libs/one/package.json": json.dumps({"name": name}),
        "other/deep/two/package.json": json.dumps({"name": name}),
        "app/package.json": json.dumps({"dependencies": dependencies}),
    }
    files = ("libs/one/index.js", "other/deep/two/index.js", "app/main.js")
    check(Repository(*files, texts=texts), name, expected, "app/main.js", "javascript")


def test_packages_that_were_installed_are_not_of_the_repository() -> None:
    texts = {"node_modules/left/package.json": '{"name": "left"}'}
    check(Repository("node_modules/left/index.js", texts=texts), "left", None)


def test_an_outside_package_with_the_name_of_a_folder_is_not_that_folder() -> None:
    texts = {"demo/react/package.json": '{"name": "demo"}'}
    check(Repository("demo/react/index.js", texts=texts), "react", None)


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ({"#db": "./dist/db.js"}, "src/db.ts"),
        ({"#*": "./src/*.ts"}, "src/db.ts"),
        ({"#db": {"node": "./src/db.ts", "default": "./no.js"}}, "src/db.ts"),
        ({"#db": "neighbour"}, "neighbour/index.js"),
        ({"#other": "./src/db.ts"}, None),
        ({"#db": "../../x.js"}, None),
        (["#db"], None),
        (None, None),
    ],
)
def test_private_imports_of_a_package(imports: Any, expected: str | None) -> None:
    texts = {
        "package.json": json.dumps({"imports": imports}),
        "neighbour/package.json": '{"name": "neighbour"}',
    }
    files = Repository("src/app.ts", "src/db.ts", "neighbour/index.js", texts=texts)
    check(files, "#db", expected)


@pytest.mark.parametrize("target", ["@/db", "~/db", "~~/src/db"])
def test_customary_signs_lead_into_the_source(target: str) -> None:
    check(Repository("src/db.ts", texts={"package.json": "{}"}), target, "src/db.ts")


def test_a_leading_slash_is_the_package_or_what_it_serves() -> None:
    files = Repository("web/public/a.js", "web/b.ts", texts={"web/package.json": "{}"})
    check(files, "/a.js", "web/public/a.js", "web/x.ts")
    check(files, "/b.js", "web/b.ts", "web/x.ts")
