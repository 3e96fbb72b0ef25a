"""The peer of train_step.py and others: tiny-gpt in PyTorch, from its own parts."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class TorchBlock(nn.Module):
    def __init__(self, heads, width):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.o = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        N, T, C = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(N, T, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.o(y.transpose(1, 2).reshape(N, T, C))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class TorchGPT(nn.Module):
    def __init__(self, layers, heads, width, block, vocabulary):
        super().__init__()
        self.embed, self.position = nn.Embedding(vocabulary, width), nn.Embedding(block, width)
        self.blocks = nn.Sequential(*(TorchBlock(heads, width) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)

    def forward(self, ids):
        x = self.embed(ids) + self.position(torch.arange(ids.shape[1], device=ids.device))
        return self.norm(self.blocks(x)) @ self.embed.weight.T


def copy_weights(ours, model):
    """Our parameters by name into a TorchGPT; its q, k and v are one map."""
    def put(name, parameter):
        parts = [name.replace("qkv", part) for part in "qkv"] if "qkv" in name else [name]
        parameter.data.copy_(torch.as_tensor(np.concatenate([ours[part].data for part in parts])))

    put("embed.W", model.embed.weight)
    put("position.W", model.position.weight)
    norms = [("norm", model.norm)]
    for i, block in enumerate(model.blocks):
        norms += [(f"blocks.{i}.norm1", block.norm1), (f"blocks.{i}.norm2", block.norm2)]
        maps = {"attn.qkv": block.qkv, "attn.o": block.o, "mlp.up": block.up, "mlp.down": block.down}
        for name, linear in maps.items():
            put(f"blocks.{i}.{name}.W", linear.weight)
            put(f"blocks.{i}.{name}.b", linear.bias)
    for name, norm in norms:
        put(f"{name}.gamma", norm.weight)
        put(f"{name}.beta", norm.bias)
