"""Time of a gradient check: minilora's check_model against torch.autograd.gradcheck, on the same model, weights and batch.

2 layers, 2 heads, 16 wide, block 8, batch 3, vocabulary 13, float64, one thread each: every entry of each parameter, gradcheck in
its slow mode, which checks every entry too. Each contestant is a process of its own; they take turns, and whoever is not on is
stopped (SIGSTOP). What is reported are medians, and the ratio turn by turn. Then the check along 2 random directions of each
parameter (samples=2) of a model of 10 million parameters: 6 layers, 6 heads, 384 wide, vocabulary 512.

    python benchmarks/gradcheck.py             example: python benchmarks/gradcheck.py --turns 3 --json result.json
"""

import argparse
import json
import sys
import time
from statistics import median

from race import race

LAYERS, HEADS, WIDTH, BLOCK, BATCH, VOCABULARY, THREADS = 2, 2, 16, 8, 3, 13, 1
LARGE = {"vocab_size": 512, "block_size": 16, "n_layers": 6, "n_heads": 6, "d_model": 384}
RTOL, DELTA = 1e-6, 1e-3


def make_model(rng=0):
    """The model and its batch, its weights of order one."""
    import numpy as np

    from minilora.nn import Transformer, TransformerConfig

    config = TransformerConfig.preset(
        "tiny-gpt", vocab_size=VOCABULARY, block_size=BLOCK, n_layers=LAYERS, n_heads=HEADS, d_model=WIDTH
    )
    model, draw = Transformer(config, rng, dtype="float64"), np.random.default_rng(rng)
    for parameter in model.parameters():
        parameter.data = draw.standard_normal(parameter.data.shape) / parameter.data.shape[-1] ** 0.5
    return model, *(draw.integers(0, VOCABULARY, (BATCH, BLOCK)) for _ in range(2))


def minilora_check():
    """A function that checks every entry, the loss, and a description."""
    import numpy as np
    from threadpoolctl import threadpool_limits

    from minilora.gradcheck import check_model

    threadpool_limits(THREADS)
    model, ids, targets = make_model()

    def check():
        report = check_model(model, ids, targets, rtol=RTOL, zero=("attn.k.b",), values="own")
        assert report.ok, str(report)
        return sum(record.analytic.size for record in report.inputs.values())

    return check, model.loss(ids, targets), f"NumPy {np.__version__}, rtol {RTOL:g}"


def torch_check():
    """The same for PyTorch; its parameters are perturbed in place, which is faster than torch.func.functional_call."""
    import torch
    from peer_torch import TorchGPT

    torch.set_num_threads(THREADS)
    ours, ids, targets = make_model()
    model = TorchGPT(LAYERS, HEADS, WIDTH, BLOCK, VOCABULARY).double()
    copy_weights(dict(ours.named_parameters()), model)
    ids, targets = torch.as_tensor(ids), torch.as_tensor(targets).flatten()
    parameters = tuple(model.parameters())

    def loss(*_):
        return torch.nn.functional.cross_entropy(model(ids).flatten(0, 1), targets)

    def check():
        assert torch.autograd.gradcheck(loss, parameters, eps=1e-6, atol=1e-6, rtol=1e-5)
        return sum(parameter.numel() for parameter in parameters)

    return check, loss().item(), f"PyTorch {torch.__version__}, gradcheck, slow mode, atol 1e-6, rtol 1e-5"


def copy_weights(ours, model):
    """Our parameters by name into a TorchGPT; its q, k and v are one map."""
    import numpy as np
    import torch

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


CONTESTANTS = {"minilora": minilora_check, "torch": torch_check}


def contest(name):
    """A contestant's process: for each line on stdin, a check; answers with its seconds."""
    check, loss, description = CONTESTANTS[name]()
    print(json.dumps([loss, description, check()]), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        check()
        print(json.dumps(time.perf_counter() - start), flush=True)


def large(k=2):
    """Seconds of a check of 10 million parameters along k directions of each, the report and the number of parameters."""
    import numpy as np
    from tqdm import tqdm

    from minilora import backend
    from minilora.gradcheck import check_model
    from minilora.nn import Transformer, TransformerConfig

    backend.tune_memory()
    model = Transformer(TransformerConfig.preset("tiny-gpt", **LARGE), rng=0, dtype="float64")
    draw = np.random.default_rng(0)
    ids, targets = (draw.integers(0, LARGE["vocab_size"], (2, 8)) for _ in range(2))
    with tqdm(total=len(model.parameters()), unit="parameter", leave=False) as bar:
        start = time.perf_counter()
        report = check_model(model, ids, targets, samples=k, rtol=RTOL, zero=("attn.k.b",), progress=lambda name: bar.update())
        seconds = time.perf_counter() - start
    return seconds, report, sum(parameter.data.size for parameter in model.parameters())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5, help="checks of each contestant (default: 5)")
    parser.add_argument("--json", metavar="FILE", help="also write the times")
    parser.add_argument("--contest", choices=CONTESTANTS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.contest:
        return contest(args.contest)
    times, about = race(__file__, CONTESTANTS, args.turns)
    for name, seconds in times.items():
        loss, description, entries = about[name]
        print(f"{name:<10}{median(seconds):6.2f} s  ({min(seconds):.2f} to {max(seconds):.2f} s, {entries} entries, "
              f"loss {loss:.12f})  {description}")  # fmt: skip
    ratios = [mine / theirs for mine, theirs in zip(times["minilora"], times["torch"], strict=True)]
    print(f"minilora / torch: {median(ratios):.2f}  (turn by turn {min(ratios):.2f} to {max(ratios):.2f})")
    seconds, report, parameters = large()
    print(f"samples=2 on {parameters / 1e6:.1f} million parameters: {seconds:.1f} s, {'right' if report.ok else 'WRONG'}, "
          f"largest error {report.max_error:.1e}\n{report.notes[-1]}")  # fmt: skip
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"seconds": times, "contestants": about, "large": seconds}, file, indent=1)


if __name__ == "__main__":
    main()
