"""How many random directions does the adaptation need? Li et al. 2018, arXiv 1804.08838."""

from minilora.experiments.lowrank.analysis import Analysis, mean, spread
from minilora.experiments.lowrank.tuning import RATES, Tuning

TARGETS = ("attn.v",)
SHARE = 0.9  # of full tuning's gain: what counts as reached
LORA_RANK = 4


def dimensions(setting):
    """From a 512th to half of the D numbers in the matrices."""
    D = setting.n_layers * setting.d_model**2
    return [D // part for part in (512, 128, 32, 8, 4, 2)]


def needs(seeds, setting, ds=None):
    subspaces = [Tuning("subspace", seeds[0], d, TARGETS) for d in ds or dimensions(setting)]
    full = [Tuning("full", seed, targets=TARGETS, rate=RATES["subspace"]) for seed in seeds]
    return [*subspaces, *full, Tuning("lora", seeds[0], LORA_RANK, TARGETS)]


def measure(ground, ds=None):
    """{"share": wanted, "base", "full": losses on the target, "D", "rows": [{"d", "loss"}], "lora": {"values", "loss"}}."""
    done = ground.run(needs(ground.seeds, ground.arena.setting, ds))
    full = [result for tuning, result in done.items() if tuning.method == "full"]
    lora = next(result for tuning, result in done.items() if tuning.method == "lora")
    return {
        "share": SHARE,
        "base": ground.base_losses["target"],
        "full": [result["target"] for result in full],
        "D": full[0]["values"],
        "rows": [{"d": t.r, "loss": result["target"]} for t, result in done.items() if t.method == "subspace"],
        "lora": {"values": lora["values"], "loss": lora["target"]},
    }


def wanted(data):
    """The loss that is SHARE of full tuning's gain."""
    return data["base"] - SHARE * (data["base"] - mean(data["full"]))


def finding(data):
    gain = data["base"] - mean(data["full"])
    reached = [row["d"] for row in data["rows"] if row["loss"] <= wanted(data)]
    last = data["rows"][-1]
    first = f"d = {reached[0]:,}" if reached else f"none; {last['d']:,} reach {(data['base'] - last['loss']) / gain:.0%}"
    return (
        f"Of d random directions among the D = {data['D']:,} numbers of the v matrices, the fewest tried that reach {SHARE:.0%} "
        f"of full tuning's gain of {gain:.3f}: {first}. LoRA reaches {(data['base'] - data['lora']['loss']) / gain:.0%} with "
        f"{data['lora']['values']:,} values."
    )


def table(data):
    rows = [[f"{row['d']:,}", f"{row['d'] / data['D']:.1%}", row["loss"]] for row in data["rows"]]
    last = [f"LoRA r{LORA_RANK}: {data['lora']['values']:,}", f"{data['lora']['values'] / data['D']:.1%}", data["lora"]["loss"]]
    full = [f"all: {data['D']:,}", "100%", spread(data["full"])]
    return [("directions", "of all", "loss on the target"), *rows, last, full]


ANALYSIS = Analysis("intrinsic-dimension", "Loss against the number of random directions", measure, finding, table, needs)
