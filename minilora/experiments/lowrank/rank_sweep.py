"""How large a rank? Section 7.2 of Hu et al. 2021, arXiv 2106.09685: loss against the rank, for q and v, and for all matrices."""

from minilora.adapters import ALL_LINEAR
from minilora.experiments.lowrank.analysis import Analysis, mean, spread
from minilora.experiments.lowrank.tuning import Tuning

RANKS = (1, 2, 4, 8, 16, 32)
TARGETS = {"q, v": ("attn.q", "attn.v"), "all": ALL_LINEAR}


def needs(seeds, setting):
    sweep = [Tuning("lora", seed, r, targets) for targets in TARGETS.values() for r in RANKS for seed in seeds]
    return sweep + [Tuning("full", seed) for seed in seeds]


def measure(ground):
    """{"ranks", "base": loss, "full": losses, "losses", "values": {targets: a row for each rank}}: losses on the target."""
    done = ground.run(needs(ground.seeds, ground.arena.setting))

    def row(key, *how):
        return [done[Tuning("lora", seed, *how)][key] for seed in ground.seeds]

    return {
        "ranks": list(RANKS),
        "base": ground.base_losses["target"],
        "full": [done[Tuning("full", seed)]["target"] for seed in ground.seeds],
        "losses": {name: [row("target", r, targets) for r in RANKS] for name, targets in TARGETS.items()},
        "values": {name: [row("values", r, targets)[0] for r in RANKS] for name, targets in TARGETS.items()},
    }


def finding(data):
    full = mean(data["full"])
    gain = data["base"] - full
    parts = []
    for name, rows in data["losses"].items():
        shares = [(data["base"] - mean(row)) / gain for row in rows]
        parts.append(f"{name}: {shares[0]:.0%} at rank {data['ranks'][0]}, {shares[-1]:.0%} at rank {data['ranks'][-1]}")
    best = data["ranks"][min(range(len(data["ranks"])), key=lambda i: mean(data["losses"]["all"][i]))]
    return f"Share of full tuning's gain: {'; '.join(parts)}. On all matrices the best rank is {best} of those tried."


def table(data):
    head = ("adapted", "rank", "values", "loss on the target")
    rows = [
        [name, rank, values, spread(losses)]
        for name in TARGETS
        for rank, values, losses in zip(data["ranks"], data["values"][name], data["losses"][name], strict=True)
    ]
    return [head, *rows, ["full tuning", "", "", spread(data["full"])]]


ANALYSIS = Analysis("rank", "Loss against LoRA's rank", measure, finding, table, needs)
