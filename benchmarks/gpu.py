"""The figures of steps on a GPU: minilora with CuPy, and PyTorch on the same device. Says so where there is none.

The tiny model as in train_step.py; and a larger one, 12 layers, 12 heads, 768 wide, block 512, batch 8, vocabulary 50,257, for
full tuning and for LoRA of rank 8 in every matrix of the blocks. float32, without TF32.

    python benchmarks/gpu.py                    example: python benchmarks/gpu.py --turns 3 --json result.json
"""

import sys

from race import Figure, main, timed

STEPS = 5
TINY = {"layers": 4, "heads": 4, "width": 128, "block": 64, "batch": 12, "vocabulary": 103}
LARGE = {"layers": 12, "heads": 12, "width": 768, "block": 512, "batch": 8, "vocabulary": 50257}


def why_not():
    """Why nothing can be measured here; None where it can."""
    from minilora import backend

    try:
        backend.use("cupy")
        import torch
    except (backend.BackendError, ImportError) as error:
        return str(error)
    return None if torch.cuda.is_available() else "PyTorch finds no usable GPU"


def minilora(layers, heads, width, block, batch, vocabulary, lora=False):
    import cupy
    import numpy as np

    from minilora import backend
    from minilora.adapters import LoRA, inject
    from minilora.nn import Transformer, TransformerConfig
    from minilora.training import AdamW

    backend.use("cupy")
    sizes = {"vocab_size": vocabulary, "block_size": block, "n_layers": layers, "n_heads": heads, "d_model": width}
    model = Transformer(TransformerConfig.preset("tiny-gpt", **sizes), rng=0)
    if lora:
        inject(model, LoRA(r=8, alpha=16))
    optimizer = AdamW(model.parameters(), lr=1e-4)
    ids = np.random.default_rng(0).integers(0, vocabulary, (batch, block + 1))
    ids = backend.asarray(ids)

    def step():
        model.zero_grad()
        loss = model.loss(ids[:, :-1], ids[:, 1:])  # a Python float: waits for the device
        model.backward()
        optimizer.step()
        cupy.cuda.Device().synchronize()
        return loss

    name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    return timed(step, STEPS), {"what": f"CuPy {cupy.__version__}, {name}"}


def torch(layers, heads, width, block, batch, vocabulary, lora=False):
    import torch
    from peer_torch import TorchGPT

    torch.manual_seed(0)
    model = TorchGPT(layers, heads, width, block, vocabulary).cuda()
    what = f"PyTorch {torch.__version__}, {torch.cuda.get_device_name()}"
    if lora:
        import peft

        config = peft.LoraConfig(r=8, lora_alpha=16, target_modules=["qkv", "o", "up", "down"])
        model, what = peft.get_peft_model(model, config), f"{what}, PEFT {peft.__version__}"
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, fused=True)
    ids = torch.randint(0, vocabulary, (batch, block + 1), device="cuda")

    def step():
        optimizer.zero_grad()
        logits = model(ids[:, :-1])
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        loss.backward()
        optimizer.step()
        torch.cuda.synchronize()
        return loss.item()

    return timed(step, STEPS), {"what": what}


CONTESTANTS = {
    "tiny": lambda: minilora(**TINY),
    "tiny torch": lambda: torch(**TINY),
    "large": lambda: minilora(**LARGE),
    "large torch": lambda: torch(**LARGE),
    "large lora": lambda: minilora(**LARGE, lora=True),
    "large peft": lambda: torch(**LARGE, lora=True),
}
FIGURES = (
    Figure("full training step, tiny model, GPU", "tiny", "tiny torch"),
    Figure("full training step, 12 layers of 768, GPU", "large", "large torch"),
    Figure("LoRA step, 12 layers of 768, GPU", "large lora", "large peft"),
)

if __name__ == "__main__":
    if reason := why_not():
        sys.exit(f"benchmarks/gpu.py measures nothing here: {reason}")
    main(__file__, __doc__, CONTESTANTS, FIGURES, turns=5)
