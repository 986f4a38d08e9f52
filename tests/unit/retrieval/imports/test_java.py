import pytest

from retrieval.imports import neighbours
from tests.unit.retrieval.imports.repository import Repository, resolved

USER = "app/src/main/java/com/acme/User.java"
ROLE = "app/src/main/java/com/acme/Role.java"
TEST = "app/src/test/java/com/acme/UserTest.java"
OTHER = "other/src/main/java/com/acme/User.java"
FLAT = "tools/Report.java"
KOTLIN = "app/src/main/kotlin/com/acme/Mail.kt"
MAIN = "app/src/main/java/com/acme/web/Main.java"

REPOSITORY = Repository(
    MAIN,
    KOTLIN,
    "app/List.java",
    namespaces={"com.acme": [OTHER, USER, ROLE, TEST], "com.acme.tools": [FLAT]},
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("com.acme.Role", [ROLE]),
        ("com.acme.User", [USER, OTHER]),
        ("com.acme.User.Builder", [USER, OTHER]),
        ("com.acme.User.DEFAULT", [USER, OTHER]),
        ("static com.acme.Role.of", [ROLE]),
        ("com.acme.Role.*", [ROLE]),
        ("com.acme.*", [ROLE, USER, TEST, OTHER]),
        ("com.acme.tools.Report", [FLAT]),
        ("com.acme.Mail", [KOTLIN]),
        ("java.util.List", []),
        ("java.util.*", []),
        (".", []),
        ("*", []),
    ],
)
def test_classes_are_found_below_any_source_root(
    target: str, expected: list[str]
) -> None:
    assert resolved(REPOSITORY, MAIN, target, language="java") == expected


def test_classes_of_one_package_see_each_other() -> None:
    assert neighbours(USER, "com.acme", "java", REPOSITORY) == (ROLE, TEST, OTHER)


def test_without_a_package_the_folder_is_the_package() -> None:
    files = Repository("A.java", "B.java", "c.txt", "d/E.java")
    assert neighbours("A.java", "", "java", files) == ("B.java",)
