"""A compact Llama: the architecture of transformers' LlamaForCausalLM, with its weight names."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes of the network; head size 64 is one that vLLM's CPU attention supports."""

    vocabulary: int
    hidden: int = 256
    layers: int = 5
    heads: int = 4
    key_value_heads: int = 2
    intermediate: int = 512
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
        mixed = functional.scaled_dot_product_attention(
            queries, keys, values, is_causal=True
        )
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

    def hidden(self, ids: Tensor) -> Tensor:
        """Return the last hidden states (batch, time, hidden) of ids (batch, time)."""
        cos, sin = rotary(ids.shape[1], self.shape)
        x: Tensor = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, cos, sin)
        output: Tensor = self.norm(x)
        return output

    def forward(self, ids: Tensor) -> Tensor:
        """Return logits (batch, time, vocabulary)."""
        return functional.linear(self.hidden(ids), self.embed_tokens.weight)


def rotary(time: int, shape: Shape) -> tuple[Tensor, Tensor]:
    """Return cosines and sines (time, head size) of the rotary positions."""
    frequencies = shape.rope_theta ** -(
        torch.arange(0, shape.head_size, 2) / shape.head_size
    )
    angles = torch.outer(torch.arange(time, dtype=torch.float32), frequencies)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate halves, in transformers' layout."""
    first, second = x.chunk(2, dim=-1)
    return (x * cos + torch.cat((-second, first), dim=-1) * sin).to(x.dtype)
