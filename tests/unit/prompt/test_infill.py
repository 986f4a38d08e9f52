from pathlib import Path

import pytest
from hypothesis import given

from lsp_server.prompt.families import (
    CODE_GEMMA,
    DEEPSEEK_CODER,
    FAMILIES,
    QWEN_CODER,
    STARCODER2,
    Family,
    Layout,
)
from lsp_server.prompt.infill import Infiller, infill, load
from tests.unit.prompt.folders import other_family
from tests.unit.prompt.meta import Meta, clean
from tests.unit.prompt.texts import awkward

FOLDERS = {
    QWEN_CODER: "Qwen2.5-Coder-7B",
    STARCODER2: "starcoder2-7b",
    DEEPSEEK_CODER: "deepseek-coder-6.7b-base",
    CODE_GEMMA: "codegemma-7b",
}
BEGIN = "<｜begin▁of▁sentence｜>"  # noqa: RUF001 - DeepSeek's own bars
END = "<｜end▁of▁sentence｜>"  # noqa: RUF001


@given(prefix=awkward, suffix=awkward)
def test_psm_is_metas(model: Infiller, meta: Meta, prefix: str, suffix: str) -> None:
    ids = infill(model, prefix, suffix, Layout.PSM)
    assert list(ids) == meta.psm(clean(prefix), clean(suffix))


@given(prefix=awkward, suffix=awkward)
def test_spm_is_metas(model: Infiller, meta: Meta, prefix: str, suffix: str) -> None:
    ids = infill(model, prefix, suffix, Layout.SPM)
    assert list(ids) == meta.spm(clean(prefix), clean(suffix))


def test_code_llama_stops_at_eot_and_at_the_end(model: Infiller, meta: Meta) -> None:
    assert model.stop_ids == (meta.eot, meta.eos)


# As the table in docs says; DeepSeek's and Gemma's own tokenizers put a begin first.
@pytest.mark.parametrize(
    ("family", "prompt", "stops"),
    [
        (
            QWEN_CODER,
            "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
            {"<|endoftext|>", "<|file_sep|>", "<|fim_pad|>", "<|repo_name|>"},
        ),
        (
            STARCODER2,
            "<fim_prefix>P<fim_suffix>S<fim_middle>",
            {"<|endoftext|>", "<file_sep>"},
        ),
        (
            DEEPSEEK_CODER,
            f"{BEGIN}<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>",  # noqa: RUF001
            {END},
        ),
        (
            CODE_GEMMA,
            "<bos><|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
            {"<|file_separator|>", "<eos>"},
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Family) else "",
)
def test_other_families_get_their_own_layout(
    tmp_path: Path, family: Family, prompt: str, stops: set[str]
) -> None:
    model = load(other_family(tmp_path / FOLDERS[family], family))
    assert model.family is family
    ids = infill(model, " def\n", "\ndef <fim_prefix>", Layout.PSM)
    text = prompt.replace("P", " def\n").replace("S", "\ndef <fim_prefix>")
    assert model.encoder.decode(ids) == text
    specials = [item for item in model.psm if isinstance(item, int)]
    assert [id_ for id_ in ids if id_ in specials] == specials
    assert stops <= {model.encoder.decode([id_]) for id_ in model.stop_ids}


def test_a_family_without_spm_gets_psm(tmp_path: Path) -> None:
    model = load(other_family(tmp_path / "starcoder2-7b", STARCODER2))
    psm = infill(model, "a", "b", Layout.PSM)
    assert infill(model, "a", "b", Layout.SPM) == psm


def test_every_family_is_covered_here() -> None:
    assert {*FAMILIES} - {*FOLDERS} == {FAMILIES[0]}
