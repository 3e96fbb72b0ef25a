"""Time of greedy generation with the key/value cache: minilora, and Transformers' generate, SmolLM2-135M on the same weights.

64 tokens after a prompt of 64, batch 1, float32, 2 threads each. Both must say the same.

    python benchmarks/generation.py             example: python benchmarks/generation.py --turns 3 --json result.json
"""

from race import Figure, main, numpy_ready, timed, torch_ready
from smollm2 import checkpoint, tokens

STEPS, PROMPT, NEW = 2, 64, 64


def minilora():
    about = numpy_ready()
    from minilora.interop import load_huggingface
    from minilora.nn import generate

    model, ids = load_huggingface(checkpoint()), tokens(1, PROMPT)

    def step():
        return generate(model, ids, NEW, temperature=0)[0, PROMPT:].tolist()

    return timed(step, STEPS), {"what": about, "says": step()[:6]}


def transformers():
    about = torch_ready()
    import torch
    import transformers

    model = transformers.LlamaForCausalLM.from_pretrained(checkpoint(), dtype=torch.float32).eval()
    ids = torch.as_tensor(tokens(1, PROMPT))
    settings = {"max_new_tokens": NEW, "min_new_tokens": NEW, "do_sample": False, "attention_mask": torch.ones_like(ids)}

    def step():
        return model.generate(ids, **settings)[0, PROMPT:].tolist()

    return timed(step, STEPS), {"what": f"{about}, Transformers {transformers.__version__}", "says": step()[:6]}


CONTESTANTS = {"minilora": minilora, "transformers": transformers}
FIGURES = (Figure("generation with cache, SmolLM2, 64 tokens after 64", "minilora", "transformers", 1.0),)

if __name__ == "__main__":
    main(__file__, __doc__, CONTESTANTS, FIGURES, turns=6)
