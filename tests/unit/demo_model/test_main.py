"""`python -m tools.demo_model`: from a corpus to a folder, and what is said when it cannot be."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tools.demo_model.corpus import Corpus, File, Package, save

pytest.importorskip("torch", reason="training needs torch: make install")

from tools.demo_model.__main__ import main

ROOT = Path(__file__).parents[3]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A work folder with a corpus of this project's own files, and the demo's files."""
    rooms = [ROOT / room for room in ("lsp_server", "retrieval")]
    paths = [path for room in rooms for path in sorted(room.glob("**/*.py"))]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    files = [File("flask", f"{n}.py", "python", text) for n, text in enumerate(texts) if 3_000 < len(text) < 16_000]  # fmt: skip
    package = Package(
        origin="pypi",
        name="flask",
        version="1",
        licence="MIT",
        sizes={"python": 1_000_000},
        held_out=False,
    )
    folder = tmp_path / "work"
    folder.mkdir()
    corpus = Corpus(training=files[2:], held_out=files[:2], packages=[package])
    save(corpus, folder / "corpus-0.json.gz")
    (folder / "held_out-0.json").write_text('{"packages": {}, "files": []}')
    return folder


def test_a_folder_is_made(work: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    options = [
        *("--out", str(out), "--work", str(work), "--preset", "nano"),
        *("--minutes", "0.001", "--note", "A note about this run."),
    ]
    assert main(options) == 0
    made = {path.name for path in out.iterdir()}
    assert {"model.safetensors", "tokenizer.json", "tokenizer.model", "config.json"} < made  # fmt: skip
    assert {"README.md", "loss.png", "held_out.json"} < made
    assert "A note about this run." in (out / "README.md").read_text()
    config = json.loads((out / "config.json").read_text())
    assert config["max_position_embeddings"] == 16_384
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "work"]


def test_only_the_corpus_is_made_when_only_that_is_asked_for(
    work: Path, tmp_path: Path
) -> None:
    options = ["--out", str(tmp_path / "model"), "--work", str(work)]
    assert main([*options, "--preset", "nano", "--only-corpus"]) == 0
    assert sorted(path.name for path in work.iterdir()) == [
        "corpus-0.json.gz",
        "held_out-0.json",
        "tokenizer-4096-0.model",
    ]
    assert not (tmp_path / "model").exists()


def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    work: Path, tmp_path: Path
) -> None:
    """No file may grow past 20 kB: the tokenizer is larger."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tools.demo_model", "--only-corpus"),
            *(
                "--preset",
                "nano",
                "--out",
                str(tmp_path / "model"),
                "--work",
                str(work),
            ),
        ],
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in work.iterdir()) == [
        "corpus-0.json.gz",
        "held_out-0.json",
    ]


def test_a_corpus_that_is_none_is_told(
    work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "corpus-0.json.gz").write_bytes(b"half")
    assert main(["--out", str(tmp_path / "model"), "--work", str(work)]) == 1
    assert "not a corpus" in capsys.readouterr().err


def test_files_of_the_demo_that_did_not_travel_are_told(
    work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "held_out-0.json").unlink()
    assert main(["--out", str(tmp_path / "model"), "--work", str(work)]) == 1
    assert "bring held_out-0.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--minutes", "0"], "--minutes must be more than 0"),
        (["--out", f"{__file__}/model"], "cannot be written"),
        (["--work", f"{__file__}/work"], "cannot be written"),
        (["--preset", "huge"], "invalid choice"),
    ],
)
def test_what_cannot_be_is_refused_before_the_work(
    options: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--out", str(tmp_path / "model"), *options])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
