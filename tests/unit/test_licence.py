"""What is said of a model's weights, and that it is said once."""

from pathlib import Path

import pytest

from lsp_server.licence import first_use, licence_note


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("codellama/CodeLlama-34b-Instruct-hf", "Llama 2 Community License"),
        ("CodeLlama-7b-hf", "https://ai.meta.com/llama/use-policy/"),
        ("code-llama-7b", "Acceptable Use Policy"),
        ("demo", "Apache-2.0"),
        ("demonstration", "where you have them from"),
        ("somebody/my-model", "where you have them from"),
    ],
)
def test_known_weights_have_their_own_words(model: str, says: str) -> None:
    note = licence_note(model, None)
    assert note.startswith(f"{model}: ")
    assert says in note


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"README.md": "---\nlicense: apache-2.0\n---\n# It\n"}, "apache-2.0"),
        (
            {"README.md": "---\nlicense: other\nlicense_name: 'its-own'\n---\n"},
            "under its-own,",
        ),
        (
            {"README.md": "---\nlicense: mit\n---\n", "LICENSE.txt": ""},
            "under mit: see {folder}/LICENSE.txt",
        ),
        ({"LICENCE": ""}, "is in {folder}/LICENCE"),
        ({"README.md": "# It\n\nlicense: none of this\n"}, "where you have them from"),
        ({"README.md": "---\nlicense:\n---\n"}, "where you have them from"),
    ],
)
def test_others_are_told_by_their_folder(
    tmp_path: Path, files: dict[str, str], says: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert says.format(folder=tmp_path) in licence_note("my-model", tmp_path)


def test_it_is_said_once_for_each_model(tmp_path: Path) -> None:
    state = tmp_path / "state"
    asked = ("demo", "demo", "other", "demo", "other")
    assert [first_use(state, model) for model in asked] == [
        True,
        False,
        True,
        False,
        False,
    ]


def test_a_state_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert first_use(tmp_path / "file" / "state", "demo")
