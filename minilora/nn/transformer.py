"""The Transformer: GPT-2, Llama and BERT-like encoders are settings of this one class."""

import math
from collections import Counter

from minilora import backend
from minilora.nn.admission import admit_ids, admit_mask, admit_targets, admit_token_types
from minilora.nn.build import Builder
from minilora.nn.dropout import Dropout
from minilora.nn.embedding import Embedding
from minilora.nn.head_loss import head_loss, head_loss_backward
from minilora.nn.layer import Layer
from minilora.nn.linear import Linear
from minilora.nn.pooling import Pooling
from minilora.nn.recording import recorded


class Transformer(Layer):
    """Token ids (N, T) to logits (N, T, V), or (N, n_classes) for a classifier.

    rng: an int or a NumPy Generator; it draws the weights, then the dropout masks. dtype: "float32" or "float64".
    draw: False leaves the matrices unset, for a reader of files, who fills them.
    """

    def __init__(self, config, rng=0, dtype="float32", draw=True):
        self.config = config
        self.rng = backend.as_generator(rng)
        build = Builder(config, self.rng, dtype, draw)
        C = config.d_model
        self.embed = Embedding(build.normal((config.vocab_size, C)))
        self.position = Embedding(build.normal((config.block_size, C))) if config.position == "learned" else None
        self.token_types = Embedding(build.normal((config.n_token_types, C))) if config.n_token_types else None
        self.embed_norm = build.norm() if config.embed_norm else None
        self.drop = Dropout(config.dropout, self.rng)
        self.blocks = [build.block() for _ in range(config.n_layers)]
        self.norm = build.norm() if config.norm_first else None
        self.pool = Pooling(config.pool) if config.n_classes else None
        if config.n_classes:
            self.head = build.linear(C, config.n_classes, bias=True)
        else:
            self.head = Linear(self.embed.W.data) if config.tied else build.linear(C, config.vocab_size, bias=False)
            if config.tied:
                self.head.W = self.embed.W
        self._loss_cache = self._logits_shape = None
        self._from_ids = True
        self.name_parameters()

    @property
    def dtype(self):
        """The name of the dtype that the model computes in."""
        return str(self.embed.W.dtype)

    def forward(self, ids, mask=None, token_types=None, past=None):
        """Logits: (N, T, V), or (N, n_classes) for a classifier. Arguments and errors as of `features`."""
        logits = self.head.forward(self._read(ids, mask, token_types, past))
        self._logits_shape = logits.shape
        return logits

    def _read(self, ids, mask, token_types, past=None):
        """What the head reads: the features, or the one vector of a sequence that a classifier takes of them."""
        x = self.features(ids, mask, token_types, past)
        return self.pool.forward(x, admit_mask(mask, x.shape[:2])) if self.pool else x

    def features(self, ids, mask=None, token_types=None, past=None):
        """What the blocks make of each token, (N, T, C).

        ids: (N, T) integers, or float vectors (N, T, C) in the place of their embeddings, which are taken in the model's dtype.
        mask: (N, T), True for a real token, False for padding that no token may attend to. token_types: (N, T), all 0 if None.
        past: a list of one KeyValues a block, for generation. ValueError for a sequence longer than the block, an id that is not
        in the vocabulary, or an array of another shape or kind.
        """
        self._loss_cache = None
        ids = admit_ids(ids, past[0].length if past else 0, self.config, self.dtype)
        mask = admit_mask(mask, ids.shape[:2])
        x = self._embed(ids, admit_token_types(token_types, ids.shape[:2], self.config.n_token_types), past)
        for block, kv in zip(self.blocks, past or [None] * len(self.blocks), strict=True):
            x = block.forward(x, mask, kv)
        return self.norm.forward(x) if self.norm else x

    def backward(self, dlogits=None):
        """Add the gradients of every trainable parameter; after loss, or after forward with dlogits of the logits' shape.

        Returns dx, (N, T, C), if forward was given float vectors. Otherwise it stops after the lowest block that learns.
        """
        if dlogits is None:
            if self._loss_cache is None:
                raise RuntimeError("backward() needs loss() before it, or the gradient of the logits: backward(dlogits)")
            dx = head_loss_backward(self.head, self._loss_cache)
            self._loss_cache = None
        elif self._logits_shape not in (None, dlogits.shape):
            raise ValueError(f"dlogits must have the shape {self._logits_shape} of the logits, got {dlogits.shape}")
        else:
            dx = self.head.backward(backend.asarray(dlogits, dtype=self.dtype))
        if self.pool:
            dx = self.pool.backward(dx)
        if self.norm:
            dx = self.norm.backward(dx)
        below = self._learns_below_the_blocks()
        for block in reversed(self.blocks if below else self.blocks[self._lowest_learning_block() :]):
            dx = block.backward(dx)
        return self._embed_backward(dx) if below else None

    def loss(self, ids, targets, mask=None, token_types=None):
        """Mean cross-entropy in nats, a Python float. targets: (N, T) or, for a classifier, (N,); -100 does not count.

        ValueError if every target is -100, or if one is neither -100 nor a class.
        """
        x = self._read(ids, mask, token_types)
        n_out = self.config.n_classes or self.config.vocab_size
        self._logits_shape = (*x.shape[:-1], n_out)
        L, self._loss_cache = head_loss(self.head, x, admit_targets(targets, self._logits_shape), n_out)
        return L

    def trace(self, ids):
        """(layer name, kind, output shape, number of parameters of its own) in the order computed, in evaluation mode."""
        steps, was_training = [], self.training
        own = Counter()  # a tied head has none of its own
        for name, parameter in self.named_parameters():
            own[name.rpartition(".")[0]] += math.prod(parameter.shape)

        def note(name, layer, x, y):
            steps.append((name, type(layer).__name__, tuple(y.shape), own[name]))

        self.eval()  # dropout would draw from the model's generator
        try:
            with recorded(self, note):
                logits = self.forward(ids)
        finally:
            self._set_mode(was_training)
        return steps + [("logits", "", tuple(logits.shape), 0)]

    def _embed(self, ids, token_types, past):
        self._from_ids = ids.ndim == 2
        x = self.embed.forward(ids) if self._from_ids else ids
        xp, T = backend.get_array_module(x), x.shape[1]
        if self.position:
            start = past[0].length if past else 0
            x = x + self.position.forward(xp.arange(start, start + T))
        if self.token_types:
            x = x + self.token_types.forward(token_types)
        if self.embed_norm:
            x = self.embed_norm.forward(x)
        return self.drop.forward(x)

    def _embed_backward(self, dx):
        dx = self.drop.backward(dx)
        if self.embed_norm:
            dx = self.embed_norm.backward(dx)
        if self.token_types:
            self.token_types.backward(dx)
        if self.position:
            self.position.backward(dx.sum(axis=0))
        return self.embed.backward(dx) if self._from_ids else dx

    def _learns_below_the_blocks(self):
        """Whether the embeddings learn, or the input is vectors that want their gradient."""
        below = [layer for layer in (self.embed, self.position, self.token_types, self.embed_norm) if layer]
        return not self._from_ids or any(p.trainable for layer in below for p in layer.parameters())

    def _lowest_learning_block(self):
        """The number of the lowest block with a trainable parameter; n_layers if there is none."""
        learning = (i for i, block in enumerate(self.blocks) if any(p.trainable for p in block.parameters()))
        return next(learning, len(self.blocks))
