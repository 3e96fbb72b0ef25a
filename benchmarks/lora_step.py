"""Time of a LoRA step of the tiny model: minilora, and PEFT on a GPT2LMHeadModel of that size, with the same weights.

4 layers, 4 heads, 128 wide, block 64, batch 12, vocabulary 103, float32, AdamW, 2 threads each. LoRA of rank 4 in the four
matrices of each block; q, k and v are one matrix, as in GPT-2.

    python benchmarks/lora_step.py              example: python benchmarks/lora_step.py --turns 12 --json result.json
"""

import tempfile

from race import Figure, main, numpy_ready, timed, torch_ready
from tiny_gpt import make_model, step_of, torch_step_of

STEPS, RANK, ALPHA = 5, 4, 8


def minilora():
    about = numpy_ready()
    from minilora.adapters import LoRA, inject
    from minilora.training import AdamW

    model, ids, targets = make_model(fused_qkv=True)
    inject(model, LoRA(r=RANK, alpha=ALPHA), ("attn.qkv", "attn.o", "mlp.up", "mlp.down"))
    step = step_of(model, AdamW(model.parameters(), lr=1e-4), ids, targets)
    return timed(step, STEPS), {"what": about, "loss": round(step(), 4)}


def peft():
    about = torch_ready()
    import peft
    import torch
    import transformers

    from minilora.interop import save_huggingface

    model, ids, targets = make_model(fused_qkv=True)
    with tempfile.TemporaryDirectory() as folder:
        save_huggingface(model, folder)
        model = transformers.GPT2LMHeadModel.from_pretrained(folder, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    modules = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]
    config = peft.LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=modules, fan_in_fan_out=True, task_type="CAUSAL_LM")
    model = peft.get_peft_model(model, config).train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, fused=True)
    ids, targets = torch.as_tensor(ids), torch.as_tensor(targets)

    step = torch_step_of(model, optimizer, ids, targets, use_cache=False)
    what = f"{about}, Transformers {transformers.__version__}, PEFT {peft.__version__}"
    return timed(step, STEPS), {"what": what, "loss": round(step(), 4)}


CONTESTANTS = {"minilora": minilora, "peft": peft}
FIGURES = (Figure("LoRA step, tiny model, r 4", "minilora", "peft", 0.6),)

if __name__ == "__main__":
    main(__file__, __doc__, CONTESTANTS, FIGURES, turns=10)
