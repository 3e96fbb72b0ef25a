"""What is learned against what is forgotten (Biderman et al. 2024, arXiv 2405.09673): the paths of full tuning and of LoRA."""

from minilora.experiments.lowrank.analysis import Analysis
from minilora.experiments.lowrank.tuning import RATES, Tuning

RANKS = (1, 8, 32)
RANK = 8  # whose rate is varied
FRACTIONS = (0.1, 0.3, 1.0)  # of the usual rates


def needs(seeds, setting):
    seed = seeds[0]
    slow = [Tuning("lora", seed, RANK, rate=part * RATES["lora"]) for part in FRACTIONS if part < 1]
    full = [Tuning("full", seed, rate=part * RATES["full"]) for part in FRACTIONS]
    return full + [Tuning("lora", seed, r) for r in RANKS] + slow


def measure(ground):
    """{"paths": {run: [{"step", "base", "target"}]}, "level", "forgotten": {run: loss on the base text at that level}}.

    level: the highest of the losses on the target that the runs end with, which all of them reach.
    """
    done = ground.run(needs(ground.seeds, ground.arena.setting))
    paths = {label(tuning): result["path"] for tuning, result in done.items()}
    level = max(path[-1]["target"] for path in paths.values())
    forgotten = {run: crossing(path, level) - path[0]["base"] for run, path in paths.items()}
    return {"paths": paths, "level": level, "forgotten": forgotten}


def label(tuning):
    return f"{f'LoRA r{tuning.r}' if tuning.method == 'lora' else 'full'}, rate {tuning.rate:g}"


def crossing(path, level):
    """The loss on the base text where the path first comes down to a loss on the target, on the line between two points."""
    for before, after in zip(path, path[1:], strict=False):
        if after["target"] <= level:
            share = (before["target"] - level) / (before["target"] - after["target"])
            return before["base"] + share * (after["base"] - before["base"])
    raise ValueError(f"the path ends at {path[-1]['target']}, above {level}")


def finding(data):
    full = {run: value for run, value in data["forgotten"].items() if run.startswith("full")}
    lora = {run: value for run, value in data["forgotten"].items() if run.startswith("LoRA")}
    ends = {run: path[-1]["base"] - path[0]["base"] for run, path in data["paths"].items()}
    least, most = min(ends, key=ends.get), max(ends, key=ends.get)
    easier = min(full, key=full.get), min(lora, key=lora.get)
    return (
        f"Where all have come down to {data['level']:.2f} on the target, the loss on the base text has risen least by "
        f"{full[easier[0]]:.3f} with full tuning ({easier[0]}), {lora[easier[1]]:.3f} with LoRA ({easier[1]}). At the end "
        f"{least} has forgotten least ({ends[least]:.3f}), {most} most ({ends[most]:.3f})."
    )


def table(data):
    head = ("run", "target, at the end", "base, at the end", f"forgotten at {data['level']:.3f}")
    return [head] + [
        [run, path[-1]["target"], path[-1]["base"], data["forgotten"][run]] for run, path in data["paths"].items()
    ]


ANALYSIS = Analysis("forgetting", "What is learned against what is forgotten", measure, finding, table, needs)
