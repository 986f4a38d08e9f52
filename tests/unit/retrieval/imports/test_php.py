import json
from typing import Any

import pytest

from retrieval.imports import neighbours
from tests.unit.retrieval.imports.repository import Repository, resolved


def composer(**sections: Any) -> str:
    return json.dumps(sections)


PROJECT = Repository(
    "src/Models/User.php",
    "src/Models/Admin/Root.php",
    "core/Auth/User.php",
    "src/Core/Auth/User.php",
    "tests/UserTest.php",
    "legacy/Old/Mail/Sender.php",
    "packages/blog/src/Post.php",
    "inc/config.php",
    "lib/functions.php",
    "public/index.php",
    texts={
        "composer.json": composer(
            autoload={
                "psr-4": {
                    "App\\": "src/",
                    "App\\Core\\": ["missing/", "core"],
                },
                "psr-0": {"Old_": "legacy/", "Old\\": "legacy"},
            },
            **{"autoload-dev": {"psr-4": {"Tests\\": "tests"}}},
        ),
        "packages/blog/composer.json": composer(autoload={"psr-4": {"Blog\\": "src"}}),
    },
    namespaces={
        "App\\Helpers": ["lib/functions.php"],
        "Named": ["odd/place/Thing.php", "odd/place/Other.php"],
    },
)


@pytest.mark.parametrize(
    ("target", "names", "expected"),
    [
        ("App\\Models\\User", (), ["src/Models/User.php"]),
        ("\\App\\Models\\User", (), ["src/Models/User.php"]),
        ("App\\Core\\Auth\\User", (), ["core/Auth/User.php"]),
        ("App\\Models", ("User", "Admin\\Root"), ["src/Models/User.php", "src/Models/Admin/Root.php"]),
        ("Tests\\UserTest", (), ["tests/UserTest.php"]),
        ("Old\\Mail\\Sender", (), ["legacy/Old/Mail/Sender.php"]),
        ("Old_Mail_Sender", (), ["legacy/Old/Mail/Sender.php"]),
        ("Blog\\Post", (), ["packages/blog/src/Post.php"]),
        ("Named\\Thing", (), ["odd/place/Thing.php"]),
        ("App\\Helpers\\slug", (), ["lib/functions.php"]),
        ("Symfony\\Component\\User", (), []),
        ("Symfony\\Component\\Yaml", (), []),
        ("App\\..\\..\\User", (), []),
    ],
)  # fmt: skip
def test_classes_are_where_composer_loads_them_from(
    target: str, names: tuple[str, ...], expected: list[str]
) -> None:
    found = resolved(PROJECT, "public/index.php", target, *names, language="php")
    assert found == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("__DIR__ . '/../inc/config.php'", "inc/config.php"),
        ("(__DIR__.'/../inc/config.php')", "inc/config.php"),
        ('dirname(__FILE__) . "/../inc/config.php"', "inc/config.php"),
        ("dirname(__DIR__) . '/inc/config.php'", "inc/config.php"),
        ("dirname(__DIR__, 1) . '/inc/config.php'", "inc/config.php"),
        ("dirname(__FILE__, 2) . '/inc/config.php'", "inc/config.php"),
        ("'../inc/config.php'", "inc/config.php"),
        ("../inc/config.php", "inc/config.php"),
        ("inc/config.php", "inc/config.php"),
        ("config.php", "inc/config.php"),
        ("ABSPATH . 'inc/config.php'", "inc/config.php"),
        ("ABSPATH . '/' . 'inc/config.php'", "inc/config.php"),
        ("__DIR__ . '/config.php'", None),
        ("dirname(__DIR__, 99) . '/inc/config.php'", None),
        ("__DIR__ . $file", None),
        ("vendor/autoload.php", None),
        ("", None),
    ],
)
def test_required_files_are_found_by_their_literal_path(
    target: str, expected: str | None
) -> None:
    found = resolved(PROJECT, "public/index.php", target, language="php")
    assert found == ([expected] if expected else [])


def test_a_class_without_a_namespace_is_the_only_one_of_its_name() -> None:
    files = Repository("lib/Mailer.php", "a/User.php", "b/User.php")
    assert resolved(files, "x.php", "Mailer", language="php") == ["lib/Mailer.php"]
    assert resolved(files, "x.php", "User", language="php") == []


def test_the_package_around_the_file_goes_before_others() -> None:
    rules = composer(autoload={"psr-4": {"App\\": "src"}})
    twins = Repository(
        "a/src/X.php",
        "b/src/X.php",
        texts={"a/composer.json": rules, "b/composer.json": rules},
    )
    assert resolved(twins, "a/y.php", "App\\X", language="php") == ["a/src/X.php"]
    assert resolved(twins, "b/y.php", "App\\X", language="php") == ["b/src/X.php"]


def test_files_of_one_namespace_see_each_other() -> None:
    found = neighbours("odd/place/Thing.php", "Named", "php", PROJECT)
    assert found == ("odd/place/Other.php",)
