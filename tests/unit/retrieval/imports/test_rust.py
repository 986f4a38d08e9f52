import pytest

from tests.unit.retrieval.imports.repository import Repository, resolved

REPOSITORY = Repository(
    *("src/lib.rs", "src/net.rs", "src/net/tcp.rs", "src/db/mod.rs", "src/db/pool.rs"),
    *("macros/src/lib.rs", "macros/src/derive.rs", "std.rs"),
    texts={
        "Cargo.toml": '[package]\nname = "acme"\n[workspace]\nmembers = ["macros"]',
        "macros/Cargo.toml": '[package]\nname = "acme-macros"\n',
        "broken/Cargo.toml": "[package",
    },
)


@pytest.mark.parametrize(
    ("path", "target", "names", "expected"),
    [
        ("src/lib.rs", "net", (), ["src/net.rs"]),
        ("src/net.rs", "tcp", (), ["src/net/tcp.rs"]),
        ("src/net/tcp.rs", "crate::db::pool::Pool", (), ["src/db/pool.rs"]),
        ("src/net/tcp.rs", "crate::db::Db", (), ["src/db/mod.rs"]),
        (
            "src/net/tcp.rs",
            "crate::db",
            ("pool", "Db"),
            ["src/db/pool.rs", "src/db/mod.rs"],
        ),
        ("src/net/tcp.rs", "crate::db::*", (), ["src/db/mod.rs"]),
        ("src/net/tcp.rs", "crate::Error", (), ["src/lib.rs"]),
        ("src/net/tcp.rs", "super::Socket", (), ["src/net.rs"]),
        ("src/net/tcp.rs", "super::super::db::pool", (), ["src/db/pool.rs"]),
        ("src/db/mod.rs", "self::pool::Pool", (), ["src/db/pool.rs"]),
        ("src/db/mod.rs", "super::net", (), ["src/net.rs"]),
        ("src/lib.rs", "acme_macros::derive::X", (), ["macros/src/derive.rs"]),
        ("macros/src/lib.rs", "acme::net", (), ["src/net.rs"]),
        ("src/lib.rs", "std::io", (), []),
        ("src/lib.rs", "serde::Serialize", (), []),
        ("src/lib.rs", "super::super::x", (), []),
        ("src/lib.rs", "../x", (), []),
    ],
)
def test_modules_are_found_below_their_crate(
    path: str, target: str, names: tuple[str, ...], expected: list[str]
) -> None:
    found = resolved(REPOSITORY, path, target, *names, language="rust")
    assert found == expected
