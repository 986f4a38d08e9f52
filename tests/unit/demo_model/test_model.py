"""The network: the same numbers as transformers', and a loss that is the usual one."""

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the model needs torch: make install")

from tools.demo_model.model import Llama, Shape  # noqa: E402 - after the skip

SHAPE = Shape(
    vocabulary=64,
    layers=2,
    hidden=48,
    heads=4,
    key_value_heads=2,
    intermediate=40,
    head_size=16,
)


@pytest.fixture
def model() -> Llama:
    torch.manual_seed(0)
    return Llama(SHAPE)


@pytest.mark.parametrize("length", [7, 600], ids=["explicit attention", "fused"])
def test_it_computes_what_transformers_does(model: Llama, length: int) -> None:
    transformers = pytest.importorskip("transformers")
    from tools.demo_model.export import config  # noqa: PLC0415

    ids = torch.randint(0, 64, (2, length))
    wanted = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(**json.loads(json.dumps(config(model, 1_024))))
    ).float()
    state = {f"model.{name}": value for name, value in model.state_dict().items()}
    wanted.load_state_dict(state | {"lm_head.weight": state["model.embed_tokens.weight"]})  # fmt: skip
    with torch.inference_mode():
        ours, theirs = model.logits(model(ids)), wanted(ids).logits
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


def test_the_loss_and_its_gradients_are_the_plain_ones(model: Llama) -> None:
    ids = torch.randint(0, 64, (3, 300))
    weight = torch.rand(3, 299)
    found = []
    for plain in (True, False):
        model.zero_grad()
        hidden = model(ids[:, :-1])
        if plain:
            losses = torch.nn.functional.cross_entropy(
                model.logits(hidden).flatten(0, 1), ids[:, 1:].flatten(), reduction="none"
            )  # fmt: skip
            loss = (losses * weight.flatten()).sum() / weight.sum()
        else:
            loss = model.loss(hidden, ids[:, 1:], weight)
        loss.backward()
        found.append((loss, [p.grad.clone() for p in model.parameters()]))
    torch.testing.assert_close(found[0], found[1], rtol=1e-4, atol=1e-6)


def test_it_cannot_see_what_follows(model: Llama) -> None:
    ids = torch.randint(0, 64, (1, 40))
    changed = ids.clone()
    changed[:, 20:] = (changed[:, 20:] + 1) % 64
    with torch.inference_mode():
        torch.testing.assert_close(model(ids)[:, :20], model(changed)[:, :20])


def test_export_leaves_what_was_there_when_it_fails(
    model: Llama, tmp_path: Path
) -> None:
    from tools.demo_model.export import export  # noqa: PLC0415

    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "old").touch()
    with pytest.raises(FileNotFoundError):
        export(model, tmp_path / "none.model", 64, {}, folder)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert [path.name for path in folder.iterdir()] == ["old"]
