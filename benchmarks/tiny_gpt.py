"""The tiny model of the races: 4 layers, 4 heads, 128 wide, block 64, batch 12, vocabulary 103, float32; and what a step is."""

LAYERS, HEADS, WIDTH, BLOCK, BATCH, VOCABULARY = 4, 4, 128, 64, 12, 103


def make_model(rng=0, **fields):
    """Ours, and a batch."""
    import numpy as np

    from minilora.nn import Transformer, TransformerConfig

    sizes = {"vocab_size": VOCABULARY, "block_size": BLOCK, "n_layers": LAYERS, "n_heads": HEADS, "d_model": WIDTH}
    draw = np.random.default_rng(rng)
    ids, targets = (draw.integers(0, VOCABULARY, (BATCH, BLOCK)) for _ in range(2))
    return Transformer(TransformerConfig.preset("tiny-gpt", **sizes, **fields), rng), ids, targets


def step_of(model, optimizer, ids, targets):
    """One step of training, which returns the loss before it."""

    def step():
        model.zero_grad()
        loss = model.loss(ids, targets)
        model.backward()
        optimizer.step()
        return loss

    return step


def torch_step_of(model, optimizer, ids, targets, **settings):
    """The same for a model of PyTorch, or of Transformers, whose answer has logits; settings: what its call takes besides."""
    import torch

    def step():
        optimizer.zero_grad()
        out = model(ids, **settings)
        loss = torch.nn.functional.cross_entropy(getattr(out, "logits", out).flatten(0, 1), targets.flatten())
        loss.backward()
        optimizer.step()
        return loss.item()

    return step
