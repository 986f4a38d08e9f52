"""A small Llama in plain torch, with transformers' parameter names, so that its weights load anywhere."""

import functools
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

_EXPLICIT_ATTENTION_TOKENS_MAX = 512
"""Up to here, on a CPU, two plain products beat torch's fused attention (at 256 tokens 26 against 113 ms a layer)."""

_LOSS_ROWS = {"cpu": 512, "cuda": 16_384}
"""Logits at a time: few enough to stay in a processor's cache, enough to keep a GPU busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of the network; each key and value head serves `heads // key_value_heads` query heads."""

    vocabulary: int
    layers: int
    hidden: int
    heads: int
    key_value_heads: int
    intermediate: int
    head_size: int = 64
    rope_theta: float = 1e6
    norm_epsilon: float = 1e-5


class Attention(nn.Module):
    """Causal grouped-query attention with rotary positions."""

    def __init__(self, shape: Shape) -> None:
        """Make the four projections."""
        super().__init__()
        self.head_size = shape.head_size
        self.q_proj = nn.Linear(shape.hidden, shape.heads * shape.head_size, bias=False)
        self.k_proj = nn.Linear(
            shape.hidden, shape.key_value_heads * shape.head_size, bias=False
        )
        self.v_proj = nn.Linear(
            shape.hidden, shape.key_value_heads * shape.head_size, bias=False
        )
        self.o_proj = nn.Linear(shape.heads * shape.head_size, shape.hidden, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Attend; x is (batch, time, hidden)."""
        batch, time, _ = x.shape
        queries, keys, values = (
            projection(x).view(batch, time, -1, self.head_size).transpose(1, 2)
            for projection in (self.q_proj, self.k_proj, self.v_proj)
        )
        queries, keys = rotate(queries, cos, sin), rotate(keys, cos, sin)
        groups = queries.shape[1] // keys.shape[1]
        keys, values = (
            keys.repeat_interleave(groups, 1),
            values.repeat_interleave(groups, 1),
        )
        mixed = _attention(queries, keys, values)
        output: Tensor = self.o_proj(mixed.transpose(1, 2).reshape(batch, time, -1))
        return output


class FeedForward(nn.Module):
    """The SiLU-gated feed-forward part."""

    def __init__(self, shape: Shape) -> None:
        """Make the three projections."""
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden, shape.intermediate, bias=False)
        self.up_proj = nn.Linear(shape.hidden, shape.intermediate, bias=False)
        self.down_proj = nn.Linear(shape.intermediate, shape.hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, time, hidden) to the same shape."""
        output: Tensor = self.down_proj(
            functional.silu(self.gate_proj(x)) * self.up_proj(x)
        )
        return output


class Layer(nn.Module):
    """One decoder layer."""

    def __init__(self, shape: Shape) -> None:
        """Make attention, feed-forward part and their norms."""
        super().__init__()
        self.input_layernorm = nn.RMSNorm(shape.hidden, eps=shape.norm_epsilon)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = nn.RMSNorm(shape.hidden, eps=shape.norm_epsilon)
        self.mlp = FeedForward(shape)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Map (batch, time, hidden) to the same shape."""
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        output: Tensor = x + self.mlp(self.post_attention_layernorm(x))
        return output


class Llama(nn.Module):
    """The decoder with tied input and output embeddings; `state_dict` has transformers' names less "model."."""

    def __init__(self, shape: Shape) -> None:
        """Make the network with random weights from torch's generator."""
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.hidden)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.hidden, eps=shape.norm_epsilon)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                into_residual = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(
                    parameter,
                    std=0.02 / (2 * shape.layers) ** 0.5 if into_residual else 0.02,
                )

    def forward(self, ids: Tensor) -> Tensor:
        """Return the last hidden states (batch, time, hidden) of ids (batch, time)."""
        cos, sin = rotary(ids.shape[1], self.shape, ids.device)
        x: Tensor = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, cos, sin)
        output: Tensor = self.norm(x)
        return output

    def logits(self, hidden: Tensor) -> Tensor:
        """Return logits (..., vocabulary) of last hidden states (..., hidden)."""
        return functional.linear(hidden, self.embed_tokens.weight)

    def loss(self, hidden: Tensor, following: Tensor, weights: Tensor) -> Tensor:
        """Return the weighted mean of the cross-entropy, in nats; `weights` has the shape of `following`."""
        total: Tensor = _LinearCrossEntropy.apply(
            hidden.flatten(0, 1),
            self.embed_tokens.weight,
            following.flatten(),
            weights.flatten(),
        )
        return total / weights.sum()


class _LinearCrossEntropy(torch.autograd.Function):
    """Logits, their loss and its gradient in one pass, some rows at a time: a table of all logits is never made."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        hidden: Tensor,
        table: Tensor,
        following: Tensor,
        weights: Tensor,
    ) -> Tensor:
        """Return the weighted sum over rows (n, hidden) of the loss against `following` (n)."""
        low = table.to(hidden.dtype)
        grad_hidden = torch.empty_like(hidden)
        grad_table = torch.zeros_like(table, dtype=torch.float32)
        total = torch.zeros((), device=hidden.device)
        for rows in torch.arange(len(hidden), device="cpu").split(
            _LOSS_ROWS[hidden.device.type]
        ):
            part = slice(int(rows[0]), int(rows[-1]) + 1)
            weight, target = weights[part, None], following[part, None]
            logs = torch.log_softmax((hidden[part] @ low.T).float(), -1)
            total -= (logs.gather(1, target) * weight).sum()
            slope = logs.exp_().scatter_add_(1, target, -torch.ones_like(weight))
            slope = (slope * weight).to(hidden.dtype)
            grad_hidden[part] = slope @ low
            grad_table += slope.T @ hidden[part]
        ctx.save_for_backward(grad_hidden, grad_table)
        return total

    @staticmethod
    def backward(
        ctx: torch.autograd.function.FunctionCtx, grad: Tensor
    ) -> tuple[Tensor, Tensor, None, None]:
        """Scale what the forward pass has found."""
        grad_hidden, grad_table = ctx.saved_tensors
        return grad_hidden * grad.to(grad_hidden.dtype), grad_table * grad, None, None


@functools.lru_cache(maxsize=8)
def rotary(time: int, shape: Shape, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return cosines and sines (time, head size / 2) of the rotary positions."""
    with torch.inference_mode(False):  # what is kept serves training, too
        frequencies = shape.rope_theta ** -(
            torch.arange(0, shape.head_size, 2, device=device) / shape.head_size
        )
        times = torch.arange(time, dtype=torch.float32, device=device)
        angles = torch.outer(times, frequencies)
        return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the halves of the last dimension against each other: transformers' layout."""
    first, second = x.unflatten(-1, (2, -1)).unbind(-2)
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    return torch.stack(
        (first * cos - second * sin, second * cos + first * sin), -2
    ).flatten(-2)


def _attention(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Attend causally; all are (batch, heads, time, head size)."""
    batch, heads, time, size = queries.shape
    if queries.device.type != "cpu" or time > _EXPLICIT_ATTENTION_TOKENS_MAX:
        return functional.scaled_dot_product_attention(
            queries, keys, values, is_causal=True
        )
    queries, keys, values = (each.flatten(0, 1) for each in (queries, keys, values))
    scores = torch.baddbmm(
        _causal(time, queries.dtype), queries, keys.transpose(1, 2), alpha=size**-0.5
    )
    return (torch.softmax(scores, -1) @ values).unflatten(0, (batch, heads))


@functools.lru_cache(maxsize=8)
def _causal(time: int, dtype: torch.dtype) -> Tensor:
    """Return what is added to scores (time, time): minus infinity where a key is later than its query."""
    with torch.inference_mode(False):
        return torch.full((time, time), -torch.inf, dtype=dtype).triu(1)
