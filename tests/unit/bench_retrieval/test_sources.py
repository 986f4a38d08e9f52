"""The pinned sets, and that an archive writes nothing outside its folder."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from bench.retrieval.sources import SETS, unpack
from tools.demo_model.fetch import CorpusError, sources

LANGUAGES = {"python", "cpp", "c", "java", "php", "typescript", "javascript", "csharp", "bash"}  # fmt: skip


def packed(folder: Path, members: dict[str, str]) -> Path:
    path = folder / "a.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("top/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    return path


def written(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_only_regular_files_inside_the_folder_are_written(tmp_path: Path) -> None:
    members = {
        "top/a.py": "a",
        "top/src/b.py": "b",
        "top/../../c.py": "c",
        "top//etc/d.py": "d",
        "top/back\\slash": "e",
        "alone": "f",
    }
    unpack(packed(tmp_path, members), (), tmp_path / "out" / "deep")
    assert written(tmp_path) == {"a.tar.gz", "out/deep/a.py", "out/deep/src/b.py"}
    assert not any(p.is_symlink() for p in tmp_path.rglob("*"))


def test_only_what_is_under_is_written(tmp_path: Path) -> None:
    members = {"top/dist/a.js": "a", "top/src/a.ts": "a"}
    unpack(packed(tmp_path, members), ("/src/",), tmp_path / "out")
    assert written(tmp_path / "out") == {"src/a.ts"}


def test_a_wheel_has_no_top_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("pack/a.py", "a")
        wheel.writestr("../b.py", "b")
    unpack(path, (), tmp_path / "out")
    assert written(tmp_path / "out") == {"pack/a.py"}


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path, {"top/a.py": "a" * 10_000})
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(CorpusError, match="cannot be unpacked"):
        unpack(path, (), tmp_path / "out")


@pytest.mark.parametrize("name", SETS)
def test_a_set_has_all_languages(name: str) -> None:
    wanted = sources(SETS[name])
    assert {one for source in wanted for one in source.languages} == LANGUAGES
    assert len(wanted) >= 10
    licences = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC"}
    assert {source.licence for source in wanted} <= licences


def test_no_package_is_in_both_sets() -> None:
    first, second = ({one.name for one in sources(path)} for path in SETS.values())
    assert first.isdisjoint(second)
