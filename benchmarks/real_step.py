"""Time and memory of a LoRA step of SmolLM2-135M: minilora, and Transformers with PEFT, on the same weights.

Rank 8 on q and v, 1 x 256 tokens, float32, AdamW, 2 threads each. The memory is the greatest that the process held during its
turn. A third contestant does nothing but the matrix products of such a step, one after the other, on random arrays: what it takes
is the limit that the processor sets to any implementation on this library of products.

    python benchmarks/real_step.py              example: python benchmarks/real_step.py --turns 3 --json result.json
"""

from race import Figure, main, numpy_ready, timed, torch_ready, with_peak
from smollm2 import checkpoint, tokens
from tiny_gpt import step_of, torch_step_of

STEPS, RANK, ALPHA, T = 3, 8, 16, 256


def minilora():
    about = numpy_ready()
    from minilora.training import AdamW

    model, ids, targets = adapted()
    step = step_of(model, AdamW(model.parameters(), lr=1e-4), ids, targets)
    return with_peak(timed(step, STEPS)), {"what": about, "loss": round(step(), 4)}


def peft():
    about = torch_ready()
    import peft
    import torch
    import transformers

    model = transformers.LlamaForCausalLM.from_pretrained(checkpoint(), dtype=torch.float32)
    config = peft.LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    model = peft.get_peft_model(model, config).train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, fused=True)
    ids = torch.as_tensor(tokens(1, T + 1))

    step = torch_step_of(model, optimizer, ids[:, :-1], ids[:, 1:], use_cache=False)
    what = f"{about}, Transformers {transformers.__version__}, PEFT {peft.__version__}"
    return with_peak(timed(step, STEPS)), {"what": what, "loss": round(step(), 4)}


def products():
    """The products alone. Each matrix is another array, as in the model, so that none stays in cache."""
    about = numpy_ready()
    from minilora.experiments.step_costs import operations

    model, ids, targets = adapted()
    import numpy as np

    from minilora.nn import Linear

    draw = np.random.default_rng(0)

    def rows(n):
        return draw.standard_normal((T, n), dtype="float32")

    maps = [(layer.W.data, rows(layer.W.data.shape[1]), rows(layer.W.data.shape[0]))
            for _, layer in model.named_layers() if isinstance(layer, Linear)]  # fmt: skip
    c = model.config
    P = draw.standard_normal((c.n_kv_heads, c.n_heads // c.n_kv_heads * T, T), dtype="float32")
    q = draw.standard_normal((c.n_kv_heads, c.n_heads // c.n_kv_heads * T, c.d_head), dtype="float32")
    k = draw.standard_normal((c.n_kv_heads, T, c.d_head), dtype="float32")

    def step():
        for W, x, dy in maps:
            x @ W.T, dy @ W
        for _ in range(c.n_layers):
            q @ k.swapaxes(1, 2), P @ k, q @ k.swapaxes(1, 2), P.swapaxes(1, 2) @ q, P @ k, P.swapaxes(1, 2) @ q

    gigaflops = operations(model, 1, T) / 1e9
    return timed(step, STEPS), {"what": f"{about}, {gigaflops:.0f} GFLOP in a step"}


def adapted():
    from minilora.adapters import LoRA, inject
    from minilora.interop import load_huggingface

    model = load_huggingface(checkpoint())
    inject(model, LoRA(r=RANK, alpha=ALPHA), ("attn.q", "attn.v"))
    ids = tokens(1, T + 1)
    return model.train(), ids[:, :-1], ids[:, 1:]


CONTESTANTS = {"minilora": minilora, "peft": peft, "products": products}
FIGURES = (
    Figure("LoRA step, SmolLM2, r 8, q and v, 1 x 256", "minilora", "peft", 0.8),
    Figure("peak memory of that LoRA step, the whole process", "minilora", "peft", 0.8, of="peak_mb"),
    Figure("share of that step that is matrix products", "products", "minilora"),
)

if __name__ == "__main__":
    main(__file__, __doc__, CONTESTANTS, FIGURES, turns=6)
