"""Time of a training step of the tiny model: minilora, and the same model in eager PyTorch.

4 layers, 4 heads, 128 wide, block 64, batch 12, vocabulary 103, float32, AdamW, 2 threads each.

    python benchmarks/train_step.py             example: python benchmarks/train_step.py --turns 12 --json result.json
"""

from race import Figure, main, numpy_ready, timed, torch_ready
from tiny_gpt import BLOCK, HEADS, LAYERS, VOCABULARY, WIDTH, make_model, step_of, torch_step_of

STEPS = 5


def minilora():
    about = numpy_ready()
    from minilora.training import AdamW

    model, ids, targets = make_model()
    step = step_of(model, AdamW(model.parameters(), lr=1e-4), ids, targets)
    return timed(step, STEPS), {"what": about, "loss": round(step(), 4)}


def torch():
    """The same weights, as a user of PyTorch would write it: its fused attention, GELU, cross-entropy and AdamW."""
    about = torch_ready()
    import torch
    from peer_torch import TorchGPT, copy_weights

    ours, ids, targets = make_model()
    model = TorchGPT(LAYERS, HEADS, WIDTH, BLOCK, VOCABULARY)
    copy_weights(dict(ours.named_parameters()), model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    ids, targets = torch.as_tensor(ids), torch.as_tensor(targets)

    step = torch_step_of(model, optimizer, ids, targets)
    what = f"{about}, eager, fused AdamW, scaled_dot_product_attention"
    return timed(step, STEPS), {"what": what, "loss": round(step(), 4)}


CONTESTANTS = {"minilora": minilora, "torch": torch}
FIGURES = (Figure("full training step, tiny model", "minilora", "torch", 1.0),)

if __name__ == "__main__":
    main(__file__, __doc__, CONTESTANTS, FIGURES, turns=10)
