"""A tokenizer elsewhere gives the ids of the one here, and few questions are asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from tokenizers import Tokenizer

from lsp_server.engine.base import ModelUnusable
from lsp_server.prompt.asked import AskedTokenizer, Token, ask_infiller
from lsp_server.prompt.families import FAMILIES, QWEN_CODER, Family, Layout, Part
from lsp_server.prompt.infill import Infiller, infill, load
from lsp_server.prompt.plan import Budget, plan
from retrieval.source import Cursor, Document, split_lines
from tests.unit.prompt.folders import other_family
from tests.unit.prompt.texts import awkward, cursors

BUDGET = Budget(
    window_tokens=2048, prefix_tokens=400, suffix_tokens=100, answer_tokens=16
)
SPELLED = [
    *("<s>", "</s>", "<unk>", "▁<PRE>", " <PRE>", "x ▁<MID> y", "a</s>b", "<s><s>"),
    *("<0x0A>", "x<0x0A>y\n", "▁<EOT>", " <EOT>\n", "  <EOT>", "<<s>>", "\n<s>\n"),
]


@dataclass
class Server:
    """The tokenizer as a server uses it: on whole texts, special pieces read as such."""

    tokenizer: Tokenizer
    asked: list[str] = field(default_factory=list)

    def ask(self, text: str) -> list[Token]:
        self.asked.append(text)
        found = self.tokenizer.encode(text, add_special_tokens=False)
        return [*zip(found.ids, found.tokens, strict=True)]


def serve(folder: Path) -> Server:
    return Server(Tokenizer.from_file(str(folder / "tokenizer.json")))


@pytest.fixture(scope="module")
def server(demo_folder: Path) -> Server:
    return serve(demo_folder)


@pytest.fixture(scope="module")
def asked(server: Server) -> Infiller:
    return ask_infiller(server.ask, ["demo", "lsp_server/demo_model"])


def test_the_forms_are_those_of_the_folder(asked: Infiller, model: Infiller) -> None:
    assert asked.family is model.family
    assert (asked.psm, asked.spm, asked.among) == (model.psm, model.spm, model.among)
    assert asked.stop_ids == model.stop_ids


@given(text=awkward.filter(lambda text: "<" not in text))
def test_ids_are_those_of_the_tokenizer_here(
    asked: Infiller, model: Infiller, text: str
) -> None:
    lines = split_lines(text)
    there, here = asked.encoder, model.encoder
    assert there.encode(text) == here.encode(text)
    assert there.encode_infilling(text) == here.encode_infilling(text)
    assert there.encode_lines(lines) == here.encode_lines(lines)
    assert there.line(text) == here.line(text)


@given(text=awkward)
def test_text_comes_back_and_no_special_piece_with_it(
    asked: Infiller, model: Infiller, text: str
) -> None:
    special = {*model.stop_ids, *(id_ for id_ in model.psm if isinstance(id_, int)), 0}
    ids = asked.encoder.encode_infilling(text)
    assert not special & {*ids}
    assert asked.encoder.decode(ids) == model.encoder.decode(
        model.encoder.encode_infilling(text)
    )


@pytest.mark.parametrize("text", SPELLED)
def test_special_pieces_that_are_spelled_out_stay_text(
    asked: Infiller, model: Infiller, text: str
) -> None:
    control = {id_ for id_ in (*model.psm, *model.stop_ids, 0) if isinstance(id_, int)}
    for ids in (asked.encoder.encode_infilling(text), asked.encoder.line(text)):
        assert not control & {*ids}
        assert model.encoder.decode(ids) == text.replace("▁", " ")


@given(cursor=cursors.filter(lambda cursor: "<" not in "".join(cursor.document.lines)))
def test_prompts_are_those_of_the_tokenizer_here(
    asked: Infiller, model: Infiller, cursor: Cursor
) -> None:
    for layout in Layout:
        there = plan(cursor, asked, BUDGET, layout)
        here = plan(cursor, model, BUDGET, layout)
        assert (there.prompt_ids, there.begin) == (here.prompt_ids, here.begin)


def test_a_file_is_asked_for_once_and_then_the_line_that_is_typed(
    demo_folder: Path,
) -> None:
    server = serve(demo_folder)
    model = ask_infiller(server.ask, ["demo"])
    lines = tuple(f"    value_{number} = {number}\n" for number in range(300))

    def at(lines: tuple[str, ...], column: int) -> Cursor:
        document = Document(uri="file:///a.py", language="", version=1, lines=lines)
        return Cursor(document, 200, column)

    server.asked.clear()
    plan(at(lines, 9), model, BUDGET, Layout.SPM)
    assert len(server.asked) == 2  # the lines, and the first of them with its space
    server.asked.clear()
    typed = (*lines[:200], "    value_2x00 = 200\n", *lines[201:])
    plan(at(typed, 12), model, BUDGET, Layout.SPM)
    assert len(server.asked) == 1
    assert len(server.asked[0]) < 60


def test_lines_are_asked_for_together(demo_folder: Path) -> None:
    server = serve(demo_folder)
    model = ask_infiller(server.ask, ["demo"])
    server.asked.clear()
    model.encoder.encode_infilling_lines([f"line {number}\n" for number in range(99)])
    assert len(server.asked) == 1


def test_lines_that_run_together_are_asked_for_one_by_one(
    demo_folder: Path, model: Infiller
) -> None:
    server = serve(demo_folder)

    def ask(text: str) -> Sequence[Token]:
        found = server.ask(text)
        return found if "a\nb" not in text else found[:2] + found[-1:]

    asked = ask_infiller(ask, ["demo"])
    lines = ["a\n", "b\n"]
    there, here = asked.encoder, model.encoder
    assert there.encode_infilling_lines(lines) == here.encode_infilling_lines(lines)


def test_special_pieces_are_named(asked: Infiller, model: Infiller) -> None:
    ids = infill(asked, "a\n", " b", Layout.PSM)
    assert asked.encoder.decode(ids) == model.encoder.decode(ids)


def test_a_character_taken_apart_is_decoded_as_it_is_here(
    asked: Infiller, model: Infiller
) -> None:
    ids = asked.encoder.encode_infilling(" é😀日本\n👩‍👧")
    for start in range(len(ids)):
        for end in range(start, len(ids) + 1):
            part = ids[start:end]
            assert asked.encoder.decode(part) == model.encoder.decode(part)


def test_special_pieces_of_any_look_stay_text(tmp_path: Path) -> None:
    odd = Family(
        name="odd",
        model_types=("odd",),
        psm=("[P]", Part.PREFIX, "[S]", Part.SUFFIX, "[M]"),
        stops=("[E]",),
    )
    server = serve(other_family(tmp_path / "odd", odd))
    ids = {piece: server.tokenizer.token_to_id(piece) or 0 for piece in odd.special}
    tokenizer = AskedTokenizer(server.ask, odd, ids)
    for text in ("[P]", "a[M]b", "[E][E]\n"):
        found = tokenizer.encode(text)
        assert not {*found} & {*ids.values()}
        assert tokenizer.decode(found) == text


def test_other_families_are_told_from_their_pieces(tmp_path: Path) -> None:
    folder = other_family(tmp_path / "qwen", QWEN_CODER)
    here, there = load(folder), ask_infiller(serve(folder).ask, ["Qwen2.5-Coder-7B"])
    assert there.family is QWEN_CODER
    assert there.psm == here.psm
    for text in ("def f(x):\n\n    return 'é😀'\n", " a", "<|fim_prefix|>x", "\t日本"):
        ids = there.encoder.encode(text)
        assert not {*ids} & {*there.stop_ids}
        assert there.encoder.decode(ids) == here.encoder.decode(
            here.encoder.encode(text)
        )
        if "<" not in text:
            assert ids == here.encoder.encode(text)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("codellama/CodeLlama-34b-Instruct-hf", "34B models of Code Llama"),
        ("/models/CodeLlama-7b-Python-hf", "Python models of Code Llama"),
    ],
)
def test_models_that_cannot_infill_are_refused_by_name(
    server: Server, name: str, why: str
) -> None:
    with pytest.raises(ModelUnusable, match=why):
        ask_infiller(server.ask, ["team", name])


def test_a_tokenizer_without_the_pieces_is_refused() -> None:
    def ask(text: str) -> Sequence[Token]:
        return [(ord(letter), letter) for letter in text]

    with pytest.raises(
        ModelUnusable, match=r"^other cannot fill in the middle"
    ) as raised:
        ask_infiller(ask, ["other"])
    for family in FAMILIES:
        assert family.name in str(raised.value)
