"""Multi-head self-attention: project, turn, attend, project back."""

from minilora import backend
from minilora.nn.dropout import draw_mask
from minilora.nn.layer import Layer
from minilora.ops.attention import attention_backward, attention_forward
from minilora.ops.heads import join_heads, split_heads
from minilora.ops.rope import rope_backward, rope_forward


class Attention(Layer):
    """Self-attention over x: (N, T, C), with H query heads and K key heads of size D.

    The maps q, k, v are apart, or one map qkv whose output is q, k, v in turn (fused). o leads back to C.
    """

    def __init__(self, config, make_linear, rng):
        C, H, K, D = config.d_model, config.n_heads, config.n_kv_heads, config.d_head
        self.n_heads, self.n_kv_heads = H, K
        self.causal = config.causal
        self.rope = {"base": config.rope_base, "interleaved": config.rope_interleaved} if config.position == "rope" else None
        self.p, self.rng = config.dropout, rng
        self.fused = config.fused_qkv
        if self.fused:
            self.qkv = make_linear(C, (H + 2 * K) * D, config.attn_bias)
        else:
            self.q = make_linear(C, H * D, config.attn_bias)
            self.k = make_linear(C, K * D, config.attn_bias)
            self.v = make_linear(C, K * D, config.attn_bias)
        self.o = make_linear(H * D, C, config.attn_bias, residual=True)

    def forward(self, x, mask=None, past=None):
        """past: this layer's keys and values of earlier tokens (see KeyValues), to which those of x are added."""
        q, k, v = self.project(x)                                           # (N, H, T, D), (N, K, T, D) twice
        rope_caches = None
        if self.rope:
            start = past.length if past else 0
            positions = backend.get_array_module(x).arange(start, start + x.shape[1])
            q, cache_q = rope_forward(q, positions, **self.rope)
            k, cache_k = rope_forward(k, positions, **self.rope)
            rope_caches = cache_q, cache_k
        if past:
            k, v = past.extend(k, v)
        keep = None
        if self.training and self.p > 0:
            keep = draw_mask(self.rng, (*q.shape[:3], k.shape[2]), self.p)
        y, cache = attention_forward(q, k, v, mask, keep, self.causal, self.p)
        self._cache = cache, rope_caches
        return self.o.forward(join_heads(y))

    def backward(self, dy):
        cache, rope_caches = self.take_cache()
        dq, dk, dv = attention_backward(split_heads(self.o.backward(dy), self.n_heads), cache)
        if self.rope:
            (dq,), (dk,) = rope_backward(dq, rope_caches[0]), rope_backward(dk, rope_caches[1])
        return self.project_backward(dq, dk, dv)

    def project(self, x):
        H, K = self.n_heads, self.n_kv_heads
        if not self.fused:
            return split_heads(self.q.forward(x), H), split_heads(self.k.forward(x), K), split_heads(self.v.forward(x), K)
        heads = split_heads(self.qkv.forward(x), H + 2 * K)
        return heads[:, :H], heads[:, H : H + K], heads[:, H + K :]

    def project_backward(self, dq, dk, dv):
        if not self.fused:
            dx = self.v.backward(join_heads(dv))
            dx += self.k.backward(join_heads(dk))
            dx += self.q.backward(join_heads(dq))
            return dx
        xp = backend.get_array_module(dq)
        return self.qkv.backward(join_heads(xp.concatenate([dq, dk, dv], axis=1)))


class KeyValues:
    """The keys and values of the tokens so far, one layer's, in arrays with room for more, at most for a block."""

    def __init__(self, block_size):
        self.block_size = block_size
        self.length = 0
        self.k = self.v = None

    def extend(self, k, v):
        """Add those of new tokens, (N, K, T, D); returns all of them."""
        start, self.length = self.length, self.length + k.shape[2]
        self.k, self.v = self._with_room(self.k, k), self._with_room(self.v, v)
        self.k[:, :, start : self.length] = k
        self.v[:, :, start : self.length] = v
        return self.k[:, :, : self.length], self.v[:, :, : self.length]

    def _with_room(self, kept, new):
        """The array itself while the new tokens fit; else one for twice as many, so that growing costs little in all."""
        if kept is not None and self.length <= kept.shape[2]:
            return kept
        N, K, _, D = new.shape
        roomy = backend.get_array_module(new).empty((N, K, min(2 * self.length, self.block_size), D), dtype=new.dtype)
        if kept is not None:
            roomy[:, :, : kept.shape[2]] = kept
        return roomy
