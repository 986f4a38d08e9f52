import json
from pathlib import Path

import pytest
from hypothesis import given

from lsp_server.prompt.encoding import Encoder
from lsp_server.prompt.families import QWEN_CODER
from lsp_server.prompt.infill import Infiller, load
from retrieval.source import split_lines
from tests.unit.prompt.folders import code_llama, edit_tokenizer, other_family
from tests.unit.prompt.meta import Meta, clean
from tests.unit.prompt.texts import awkward

LITERALS = [
    "</s>",
    "<s>",
    "▁<PRE>",
    " <PRE>",
    "<EOT>",
    "<0x0A>",
    "a</s>b",
    "☺",
    "x ▁<MID>",
]
METASPACE = {
    "type": "Metaspace",
    "replacement": "▁",
    "prepend_scheme": "first",
    "split": False,
}


@pytest.fixture
def encoder(fresh: Infiller) -> Encoder:
    return fresh.encoder


@given(text=awkward)
def test_ids_are_those_of_sentencepiece(model: Infiller, meta: Meta, text: str) -> None:
    assert list(model.encoder.encode(text)) == meta.encode(clean(text))


@given(text=awkward)
def test_infilling_ids_are_those_of_sentencepiece(
    model: Infiller, meta: Meta, text: str
) -> None:
    ids = model.encoder.encode_infilling(text)
    assert list(ids) == meta.encode_infilling(clean(text))


@given(text=awkward)
def test_encoding_by_lines_gives_the_ids_of_the_whole(
    model: Infiller, text: str
) -> None:
    encoder, lines = model.encoder, split_lines(text)
    assert encoder.encode_lines(lines) == encoder.encode(text)
    assert encoder.encode_infilling_lines(lines) == encoder.encode_infilling(text)


@given(text=awkward)
def test_decoding_gives_the_text_back(model: Infiller, meta: Meta, text: str) -> None:
    ids = model.encoder.encode_infilling(text)
    decoded = model.encoder.decode(ids)
    assert decoded == clean(text).replace("▁", " ")
    assert decoded == meta.decode_infilling(list(ids))


def test_decoding_names_special_pieces(model: Infiller) -> None:
    bos, pre, *_ = model.psm
    assert isinstance(bos, int)
    assert isinstance(pre, int)
    ids = [bos, pre, *model.encoder.encode_infilling("  x"), *model.stop_ids]
    assert model.encoder.decode(ids) == "<s>▁<PRE>  x▁<EOT></s>"


@pytest.mark.parametrize("text", LITERALS)
def test_special_pieces_in_text_stay_text(model: Infiller, text: str) -> None:
    ids = model.encoder.encode_infilling(text)
    assert model.encoder.decode(ids) == text.replace("▁", " ")
    assert not {*ids} & {*model.psm, *model.stop_ids}


@pytest.mark.parametrize("text", ["<|fim_prefix|>", "<|endoftext|>", "x<|file_sep|>y"])
def test_pieces_that_the_file_does_not_mark_as_special_stay_text_too(
    tmp_path: Path, text: str
) -> None:
    folder = other_family(tmp_path / "Qwen2.5-Coder-7B", QWEN_CODER)
    model = load(folder)
    assert model.encoder.decode(model.encoder.encode(text)) == text
    assert max(model.encoder.encode(text)) < min(model.stop_ids)


@pytest.mark.parametrize("piece", ["</s>", "▁<PRE>", "<0x0A>"])
def test_merges_that_would_make_a_special_piece_are_not_used(
    tmp_path: Path, meta: Meta, piece: str
) -> None:
    """Hugging Face's conversion makes merges for all pieces, SentencePiece has none."""
    folder = code_llama(tmp_path / "model")
    file = json.loads((folder / "tokenizer.json").read_text())
    vocab = file["model"]["vocab"]
    for end in range(2, len(piece)):
        vocab.setdefault(piece[:end], len(vocab))
    merges = [f"{piece[:end]} {piece[end]}" for end in range(1, len(piece))]
    file["model"]["merges"] = merges + file["model"]["merges"]
    edit_tokenizer(folder, model=file["model"])
    ids = load(folder).encoder.encode_infilling(piece)
    assert meta.sp.piece_to_id(piece) not in ids


@pytest.mark.parametrize("text", ["x", " x", "  x", "\nx", "", " ", "▁x", "</s> x"])
def test_the_implicit_space_does_not_depend_on_how_the_file_was_converted(
    tmp_path: Path, meta: Meta, text: str
) -> None:
    """The newer form leaves the space out before a space; Meta's does not."""
    folder = code_llama(tmp_path / "model")
    edit_tokenizer(folder, normalizer=None, pre_tokenizer=METASPACE)
    encoder = load(folder).encoder
    assert list(encoder.encode(text)) == meta.encode(text)
    assert list(encoder.encode_infilling(text)) == meta.encode_infilling(text)


def test_a_truncating_tokenizer_file_does_not_truncate(tmp_path: Path) -> None:
    folder = code_llama(tmp_path / "model")
    truncation = {
        "direction": "Right",
        "max_length": 4,
        "strategy": "LongestFirst",
        "stride": 0,
    }
    edit_tokenizer(folder, truncation=truncation)
    assert len(load(folder).encoder.encode("a+b+c+d+e+f+g")) > 4


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\rb", "a\nb"),
        ("a\r\r\nb", "a\n\nb"),
        ("\ud800", "\ufffd"),
        ("a\udfffb\ud83d\ude00", "a\ufffdb\ufffd\ufffd"),
    ],
)
def test_line_ends_become_lf_and_lone_surrogates_u_fffd(
    model: Infiller, text: str, same: str
) -> None:
    encoder = model.encoder
    assert encoder.encode(text) == encoder.encode(same)
    assert encoder.encode_lines(split_lines(text)) == encoder.encode(same)


def test_a_family_that_is_not_line_exact_is_encoded_as_a_whole(tmp_path: Path) -> None:
    encoder = load(other_family(tmp_path / "Qwen2.5-Coder-7B", QWEN_CODER)).encoder
    lines = split_lines("def f\n\n\ndef\n")
    by_line = [id_ for line in lines for id_ in encoder.line(line)]
    assert encoder.encode_lines(lines) == encoder.encode("".join(lines))
    assert by_line != list(encoder.encode_lines(lines))  # "\n\n" is one piece


def test_tokens_of_unchanged_lines_are_never_encoded_twice(encoder: Encoder) -> None:
    lines = [f"line_{number} = {number}\n" for number in range(500)]
    ids = encoder.encode_infilling_lines(lines)
    assert encoder.encoded_lines == 500
    assert encoder.encode_infilling_lines(lines) == ids
    assert encoder.encoded_lines == 500
    lines[250] = "changed\n"
    encoder.encode_infilling_lines(lines)
    assert encoder.encoded_lines == 501


def test_the_cache_is_bounded_and_keeps_what_is_used(encoder: Encoder) -> None:
    kept = "this line is used all the time\n"
    ids = encoder.line(kept)
    longest = 0
    for number in range(1_000):
        encoder.line(f"{number:04}" * 250)
        assert encoder.line(kept) is ids
        longest = max(
            longest,
            sum(map(len, [*encoder._recent.values(), *encoder._older.values()])),
        )
    assert 250_000 < longest < 510_000
