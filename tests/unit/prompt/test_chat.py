import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from lsp_server.engine.base import EngineError
from lsp_server.prompt.asked import Token
from lsp_server.prompt.chat import (
    Chat,
    TagsInText,
    Turn,
    agreeing_chat,
    asked_chat,
    chat_for,
)
from lsp_server.prompt.chat_families import (
    CODE_GEMMA,
    CODE_LLAMA,
    CODE_LLAMA_70B,
    DEEPSEEK_CODER,
    QWEN_CODER,
    ChatFamily,
)
from lsp_server.prompt.families import Family
from lsp_server.prompt.tags import escaped
from tests.unit.prompt.conftest import DEMO
from tests.unit.prompt.folders import code_llama, other_family
from tests.unit.prompt.meta import Meta, clean
from tests.unit.prompt.texts import awkward

INSTRUCT = "CodeLlama-34b-Instruct-hf"
texts = awkward.map(escaped)


def meta_dialog(meta: Meta, system: str, turns: list[tuple[str, str]]) -> list[int]:
    """Meta's chat_completion, but for the beginning of the last answer."""
    first, answer = turns[0]
    turns = [(f"<<SYS>>\n{system}\n<</SYS>>\n\n{first}", answer), *turns[1:]]
    ids: list[int] = []
    for user, answer in turns[:-1]:
        text = f"[INST] {user.strip()} [/INST] {answer.strip()} "
        ids += [meta.bos, *meta.encode(text), meta.eos]
    user, begin = turns[-1]
    text = f"[INST] {user.strip()} [/INST]" + (f" {begin}" if begin else "")
    return [*ids, meta.bos, *meta.encode(text)]


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Chat:
    folder = tmp_path_factory.mktemp("models") / INSTRUCT
    return chat_for(code_llama(folder), INSTRUCT)


@given(said=st.tuples(texts, texts, texts, texts))
def test_ids_of_code_llama_are_those_of_meta(
    llama: Chat, meta: Meta, said: tuple[str, str, str, str]
) -> None:
    system, first, answer, second = map(clean, said)
    system = f"You help.{system}"
    begin = "```python\n"
    turns = [Turn(first, answer), Turn(second, begin)]
    expected = meta_dialog(meta, system.strip(), [(first, answer), (second, begin)])
    assert [*llama.ids(system, turns)] == expected


def test_a_question_without_a_beginning_ends_with_its_tag(
    llama: Chat, meta: Meta
) -> None:
    ids = llama.ids("Be brief.", [Turn("What is it?\n")])
    assert [*ids] == meta_dialog(meta, "Be brief.", [("What is it?", "")])
    assert llama.decode(ids) == (
        "<s> [INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nWhat is it? [/INST]"
    )
    assert llama.decode(llama.stop_ids) == "</s>▁<EOT>"


def test_a_hundred_thousand_tokens_are_encoded_as_one_text(
    llama: Chat, meta: Meta
) -> None:
    code = (DEMO.parent / "server.py").read_text() * 20
    ids = llama.ids("Explain.", [Turn(code, "It ")])
    assert len(ids) > 100_000
    assert [*ids] == meta_dialog(meta, "Explain.", [(code, "It ")])


def test_counting_is_what_a_text_takes_within_a_prompt(llama: Chat, meta: Meta) -> None:
    text = "def f(x):\n\treturn x\r\n"
    assert llama.count(text) == len(meta.encode_infilling(clean(text)))
    assert llama.count("") == 0


@pytest.mark.parametrize("tag", ["[INST]", "[/INST]", "<<SYS>>", "### Instruction:"])
@pytest.mark.parametrize("place", ["system", "user", "answer"])
def test_tags_in_text_are_refused(llama: Chat, tag: str, place: str) -> None:
    said = {"system": "s", "user": "u", "answer": "a"} | {place: f"x\n{tag}"}
    with pytest.raises(TagsInText, match=re.escape(tag)):
        llama.ids(said["system"], [Turn(said["user"], said["answer"]), Turn("go on")])


def with_chat_pieces(folder: Path, family: ChatFamily) -> Path:
    """Make a byte-level tokenizer with the pieces of a chat family, none marked special."""
    pieces = Family(
        name="",
        model_types=family.model_types,
        psm=(),
        stops=(*family.required, *family.stops),
    )
    return other_family(folder, pieces)


WRITTEN = {
    "Qwen2.5-Coder-7B-Instruct": (
        QWEN_CODER,
        (
            "<|im_start|>system\nS<|im_end|>\n"
            "<|im_start|>user\nU1<|im_end|>\n<|im_start|>assistant\nA1<|im_end|>\n"
            "<|im_start|>user\nU2<|im_end|>\n<|im_start|>assistant\n```c\n"
        ),
    ),
    "deepseek-coder-6.7b-instruct": (
        DEEPSEEK_CODER,
        (
            "<｜begin▁of▁sentence｜>S\n### Instruction:\nU1\n### Response:\nA1\n<|EOT|>\n"  # noqa: RUF001
            "### Instruction:\nU2\n### Response:\n```c\n"
        ),
    ),
    "codegemma-7b-it": (
        CODE_GEMMA,
        (
            "<bos><start_of_turn>user\nS\n\nU1<end_of_turn>\n"
            "<start_of_turn>model\nA1<end_of_turn>\n"
            "<start_of_turn>user\nU2<end_of_turn>\n<start_of_turn>model\n```c\n"
        ),
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_each_family_is_asked_in_its_own_form(tmp_path: Path, name: str) -> None:
    family, written = WRITTEN[name]
    chat = chat_for(with_chat_pieces(tmp_path / name, family), name)
    ids = chat.ids(" S\n", [Turn("U1 ", "A1\n"), Turn("U2", "```c\n")])
    assert chat.decode(ids) == written
    assert chat.note == ""
    assert chat.stop_ids
    assert chat.decode(chat.stop_ids[:1]) == family.stops[0]


@pytest.mark.parametrize("name", WRITTEN)
@settings(max_examples=30)
@given(text=texts, piece=st.data())
def test_special_pieces_never_come_out_of_text(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str, piece: st.DataObject
) -> None:
    family, _ = WRITTEN[name]
    folder = tmp_path_factory.getbasetemp() / name
    chat = chat_for(
        folder if folder.exists() else with_chat_pieces(folder, family), name
    )
    said = piece.draw(st.sampled_from(sorted({*family.required, *family.stops})))
    bare = chat.ids("S", [Turn("U")])
    full = chat.ids("S", [Turn(f"U{text}{said}{text}")])
    file = json.loads((folder / "tokenizer.json").read_text())
    special = {token["id"] for token in file["added_tokens"]}
    assert [one for one in full if one in special] == [
        one for one in bare if one in special
    ]


def test_the_largest_code_llama_has_a_form_of_its_own(
    tmp_path: Path, meta: Meta
) -> None:
    """As on its model card: no implicit space, neither before headers nor contents."""
    name = "CodeLlama-70b-Instruct-hf"
    folder = code_llama(tmp_path / name, vocab_size=4097)
    file = json.loads((folder / "tokenizer.json").read_text())
    step = {**file["added_tokens"][0], "content": "<step>", "id": 4096}
    file["added_tokens"].append(step)
    (folder / "tokenizer.json").write_text(json.dumps(file))
    chat = chat_for(folder, name)
    assert chat.form == CODE_LLAMA_70B.name
    turns = [
        Turn("First user query", "Model response to first query"),
        Turn("Second user query"),
    ]
    said = [
        " Source: system\n\n System prompt",
        " Source: user\n\n First user query",
        " Source: assistant\n\n Model response to first query",
        " Source: user\n\n Second user query",
    ]
    expected = [meta.bos]
    for one in said:
        expected += [*meta.encode_infilling(one), 4096]
    expected += meta.encode_infilling(" Source: assistant\nDestination: user\n\n ")
    assert [*chat.ids("System prompt    ", turns)] == expected
    assert chat.stop_ids == (4096, meta.eos)


@pytest.mark.parametrize(
    ("name", "template", "trained"),
    [
        ("CodeLlama-7b-Instruct-hf", "", True),
        ("codellama-13b-instruct.awq", "", True),
        ("Llama-2-7b-chat-hf", "", True),
        ("renamed", "{{ '[INST] ' + content + ' [/INST]' }}", True),
        ("CodeLlama-7b-hf", "", False),
        ("CodeLlama-7b-Python-hf", "", False),
        ("demo", "", False),
    ],
)
def test_who_was_trained_to_be_talked_with_is_told_by_name_or_template(
    tmp_path: Path, name: str, template: str, *, trained: bool
) -> None:
    folder = code_llama(tmp_path / name)
    config = json.dumps({"chat_template": template})
    (folder / "tokenizer_config.json").write_text(config)
    chat = chat_for(folder, name)
    assert (chat.note == "") == trained
    if not trained:
        assert chat.note.startswith(f"{name} was not trained to follow instructions")
        assert (
            chat.decode(chat.ids("S", [Turn("U", "```c\n")])) == "<s> S\n\nU\n\n```c\n"
        )


def test_a_base_model_that_carries_a_template_is_no_chat_model(tmp_path: Path) -> None:
    folder = with_chat_pieces(tmp_path / "Qwen2.5-Coder-7B", QWEN_CODER)
    (folder / "chat_template.jinja").write_text("<|im_start|>")
    assert chat_for(folder, "Qwen/Qwen2.5-Coder-7B").note
    renamed = tmp_path / "my-model"
    shutil.copytree(folder, renamed)
    assert not chat_for(renamed, "my-model").note


def answering(folder: Path) -> Callable[[str], list[Token]]:
    """Speak as vLLM's /tokenize does: special pieces that are spelled out are pieces."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def tokens(text: str) -> list[Token]:
        found = tokenizer.encode(text, add_special_tokens=False)
        return [*zip(found.ids, found.tokens, strict=True)]

    return tokens


@settings(max_examples=30, deadline=None)
@given(text=texts.filter(lambda text: "<" not in text))
def test_an_endpoint_s_tokenizer_gives_the_same_ids(
    llama: Chat, tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "asked" / INSTRUCT
    if not folder.exists():
        code_llama(folder)
    asked = asked_chat(answering(folder), ["codellama/" + INSTRUCT, "/models/x"])
    turns = [Turn(f"Fix:\n{text}", "```python\n")]
    assert asked.ids("S", turns) == llama.ids("S", turns)
    assert asked.note == ""
    assert asked.stop_ids == llama.stop_ids


def test_a_folder_is_believed_if_its_tokens_are_the_endpoint_s(tmp_path: Path) -> None:
    folder = code_llama(tmp_path / INSTRUCT)
    other = with_chat_pieces(tmp_path / "Qwen2.5-Coder-7B-Instruct", QWEN_CODER)
    names = [INSTRUCT]
    agreed = agreeing_chat(folder, answering(folder), names)
    assert agreed is not None
    assert agreed.form == CODE_LLAMA.name
    assert agreeing_chat(folder, answering(other), names) is None
    assert agreeing_chat(None, answering(folder), names) is None


def test_where_nobody_can_be_asked_the_folder_is_believed(tmp_path: Path) -> None:
    def refuse(_text: str) -> list[Token]:
        raise EngineError("no /tokenize")

    folder = code_llama(tmp_path / INSTRUCT)
    assert agreeing_chat(folder, refuse, [INSTRUCT]) is not None
