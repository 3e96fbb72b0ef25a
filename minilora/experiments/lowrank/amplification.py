"""Does Delta W strengthen what W does most, or something else? Section 7.3 of Hu et al. 2021, arXiv 2106.09685, with its null."""

from minilora import lowrank
from minilora.experiments.lowrank.analysis import Analysis, mean
from minilora.experiments.lowrank.tuning import Tuning

RANKS = (4, 32)
PARTS = ("delta", "own", "weights", "random", "factor")
PAPER = {"norm": 61.95, "d": 12288, "random": {4: 0.02, 64: 0.33}}  # table 7: norm_F(W_q), its side, the random row as printed


def needs(seeds, setting):
    return [Tuning("lora", seeds[0], r) for r in RANKS] + [Tuning("full", seeds[0])]


def measure(ground):
    """{"rows": one for each run, r and matrix, "paper": [{"r", "formula", "printed"}]}."""
    *loras, full = needs(ground.seeds, ground.arena.setting)
    cases = [("LoRA", tuning.r, tuning) for tuning in loras] + [("full tuning", r, full) for r in RANKS]
    rows = [
        {"run": run, "r": r, "name": name, **lowrank.amplification(ground.base[name], change, r)._asdict()}
        for run, r, tuning in cases
        for name, change in ground.changes(tuning).items()
    ]
    return {"rows": rows, "paper": paper()}


def paper():
    """The paper's row for random directions, from the formula amplification:A4."""
    norm, d = PAPER["norm"], PAPER["d"]
    return [{"r": r, "formula": lowrank.random_share(norm, r, d, d), "printed": value} for r, value in PAPER["random"].items()]


def finding(data):
    rows = [row for row in data["rows"] if row["run"] == "LoRA"]
    factors = ", ".join(f"{mean(row['factor'] for row in rows if row['r'] == r):.1f} at rank {r}" for r in RANKS)
    over = mean(row["own"] / row["random"] for row in rows)
    under = mean(row["own"] / row["weights"] for row in rows)
    formula = ", ".join(f"{row['formula']:.4f} (printed {row['printed']})" for row in data["paper"])
    return (
        f"LoRA's Delta W is {factors} times as large as W in its directions (mean over the matrices). There W is {over:.1f} "
        f"times as strong as in random directions, and {under:.2f} times as in its own. The paper's random row, by the formula: "
        f"{formula}."
    )


def table(data):
    head = ("run", "r", "layers", "norm of Delta W", "W in Delta W's", "in W's own", "in random", "factor")
    rows = []
    for run, r in dict.fromkeys((row["run"], row["r"]) for row in data["rows"]):
        for kind in dict.fromkeys(row["name"].split(".", 2)[2] for row in data["rows"]):
            here = [row for row in data["rows"] if (row["run"], row["r"]) == (run, r) and row["name"].endswith(kind)]
            rows.append([run, r, kind, *(mean(row[key] for row in here) for key in PARTS)])
    return [head, *rows]


ANALYSIS = Analysis("amplification", "What Delta W amplifies", measure, finding, table, needs)
