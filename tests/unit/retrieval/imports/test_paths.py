import pytest

from retrieval.imports.paths import join, upwards


@pytest.mark.parametrize(
    ("folder", "relative", "expected"),
    [
        ("a/b", "./c", "a/b/c"),
        ("a/b", "../c//d/.", "a/c/d"),
        ("a", "..", ""),
        ("", "x", "x"),
        ("a", "../../x", None),
        ("a", "../../a/x", None),
        ("", "/etc/passwd", None),
        ("a", "b\0c", None),
    ],
)
def test_nothing_leaves_the_repository(
    folder: str, relative: str, expected: str | None
) -> None:
    assert join(folder, relative) == expected


def test_the_way_up_ends_at_the_root() -> None:
    assert list(upwards("a/b")) == ["a/b", "a", ""]
