import pytest

from tests.unit.retrieval.imports.repository import Repository, resolved

REPOSITORY = Repository(
    "bin/run.sh",
    "bin/log.sh",
    "lib/log.sh",
    "log.sh",
    "lib/deep/net.sh",
    "lib/my file.sh",
    "etc/profile",
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("./log.sh", "bin/log.sh"),
        ("lib/log.sh", "lib/log.sh"),
        ("../lib/log.sh", "lib/log.sh"),
        ('$(dirname "$0")/log.sh', "bin/log.sh"),
        ('"$(dirname "$0")/../lib/log.sh"', "lib/log.sh"),
        ('"$(dirname "${BASH_SOURCE[0]}")"/log.sh', "bin/log.sh"),
        ("${BASH_SOURCE%/*}/../lib/log.sh", "lib/log.sh"),
        ('$(cd "$(dirname "$0")/.." && pwd)/lib/log.sh', "lib/log.sh"),
        ('$(dirname "$(dirname "$0")")/log.sh', "log.sh"),
        ("`dirname $0`/log.sh", "bin/log.sh"),
        ("${0%/*}/log.sh", "bin/log.sh"),
        ('"$DIR/log.sh"', "bin/log.sh"),
        ('"$ROOT/lib/log.sh"', "lib/log.sh"),
        ('"${ROOT:-/usr}/deep/net.sh"', "lib/deep/net.sh"),
        ('"$ROOT"/lib/deep/net.sh', "lib/deep/net.sh"),
        ("'lib/my file.sh'", "lib/my file.sh"),
        ("/etc/profile", None),
        ("~/.bashrc", None),
        ("$FILE", None),
        ('"$1"', None),
        ("$(find . -name x", None),
        ("$", None),
        ("../../../etc/passwd", None),
        ("..", None),
        ("/dev/stdin", None),
    ],
)
def test_the_literal_end_of_the_path_is_found(
    target: str, expected: str | None
) -> None:
    found = resolved(REPOSITORY, "bin/run.sh", target, language="bash")
    assert found == ([expected] if expected else [])
