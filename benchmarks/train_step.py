"""Time of a training step: minilora, the same model in eager PyTorch, and minilora adapting by LoRA.

4 layers, 4 heads, 128 wide, block 64, batch 12, vocabulary 103, float32, AdamW, 2 threads each. Each contestant is a process of
its own. They take turns, and whoever is not on is stopped (SIGSTOP), so that no idle thread spins beside the other. The first
step of a turn is a warm-up and does not count. What is reported are medians, and the ratio turn by turn.

    python benchmarks/train_step.py             example: python benchmarks/train_step.py --turns 12 --json result.json
"""

import argparse
import json
import sys
import time
from statistics import median, quantiles

from race import race

LAYERS, HEADS, WIDTH, BLOCK, BATCH, VOCABULARY, THREADS = 4, 4, 128, 64, 12, 103, 2
STEPS_A_TURN = 6


def minilora_step(lora=False):
    """A function that does one step, and a description."""
    import numpy as np
    from threadpoolctl import threadpool_info, threadpool_limits

    from minilora import backend
    from minilora.adapters import LoRA, inject
    from minilora.nn import Transformer, TransformerConfig
    from minilora.training import AdamW

    backend.tune_memory()
    threadpool_limits(THREADS)
    config = TransformerConfig.preset(
        "tiny-gpt", vocab_size=VOCABULARY, block_size=BLOCK, n_layers=LAYERS, n_heads=HEADS, d_model=WIDTH
    )
    model = Transformer(config, rng=0)
    if lora:
        inject(model, LoRA(r=8, alpha=16))
    optimizer = AdamW(model.parameters(), lr=1e-4)
    rng = np.random.default_rng(0)
    ids, targets = (rng.integers(0, VOCABULARY, (BATCH, BLOCK)) for _ in range(2))

    def step():
        model.zero_grad()
        loss = model.loss(ids, targets)
        model.backward()
        optimizer.step()
        return loss

    kernels = {f"{pool['internal_api']} {pool.get('architecture')}" for pool in threadpool_info()}
    return step, f"NumPy {np.__version__}, {', '.join(sorted(kernels))}"


def torch_step():
    """The same model as a user of PyTorch would write it: its fused attention, GELU, cross-entropy and AdamW."""
    import torch
    from peer_torch import TorchGPT

    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    model = TorchGPT(LAYERS, HEADS, WIDTH, BLOCK, VOCABULARY)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    ids, targets = (torch.randint(0, VOCABULARY, (BATCH, BLOCK)) for _ in range(2))

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(ids).flatten(0, 1), targets.flatten())
        loss.backward()
        optimizer.step()
        return loss.item()

    return step, f"PyTorch {torch.__version__}, eager, fused AdamW, scaled_dot_product_attention"


CONTESTANTS = {"minilora": minilora_step, "torch": torch_step, "minilora-lora": lambda: minilora_step(lora=True)}


def contest(name):
    """A contestant's process: for each line on stdin, a turn; answers with the seconds of its steps."""
    step, description = CONTESTANTS[name]()
    step()
    print(json.dumps(description), flush=True)
    for _ in sys.stdin:
        seconds = []
        for _ in range(STEPS_A_TURN):
            start = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - start)
        print(json.dumps(seconds[1:]), flush=True)


def profile(steps=40):
    """Print where the time of minilora's step goes, function by function."""
    import cProfile
    import pstats

    step, description = minilora_step()
    step()
    with cProfile.Profile() as recorder:
        for _ in range(steps):
            step()
    print(f"{steps} steps, {description}")
    pstats.Stats(recorder).sort_stats("tottime").print_stats(12)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=10, help=f"turns of {STEPS_A_TURN - 1} counted steps each (default: 10)")
    parser.add_argument("--json", metavar="FILE", help="also write the times")
    parser.add_argument("--profile", action="store_true", help="instead: where minilora's time goes, function by function")
    parser.add_argument("--contest", choices=CONTESTANTS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.contest:
        return contest(args.contest)
    if args.profile:
        return profile()
    times, descriptions = race(__file__, CONTESTANTS, args.turns)
    for name, turns in times.items():
        seconds = sorted(s for turn in turns for s in turn)
        low, high = quantiles(seconds, n=4)[::2]
        print(f"{name:<14}{1000 * median(seconds):7.1f} ms  (quartiles {1000 * low:.1f} to {1000 * high:.1f}, "
              f"{len(seconds)} steps)  {descriptions[name]}")  # fmt: skip
    for name, peer in (("minilora", "torch"), ("minilora-lora", "minilora")):
        ratios = [median(mine) / median(theirs) for mine, theirs in zip(times[name], times[peer], strict=True)]
        print(f"{name} / {peer}: {median(ratios):.2f}  (turn by turn {min(ratios):.2f} to {max(ratios):.2f})")
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"seconds": times, "contestants": descriptions}, file, indent=1)


if __name__ == "__main__":
    main()
