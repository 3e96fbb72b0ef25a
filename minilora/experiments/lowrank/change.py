"""How full tuning's Delta W grows: how many directions it takes, and how strong they are, step by step."""

from minilora import lowrank
from minilora.experiments.lowrank.analysis import Analysis, mean
from minilora.experiments.lowrank.tuning import Tuning

TOP = 4  # singular values that are followed


def needs(seeds, setting, rate=None):
    return [Tuning("full", seed, rate=rate) for seed in seeds]


def measure(ground, rate=None):
    """{"steps", "largest": min(m, n), "runs": for each seed and step, means over the matrices}."""
    courses = [ground.course(tuning) for tuning in needs(ground.seeds, ground.arena.setting, rate)]
    steps = [step for step in courses[0] if step > 0]
    k = min(min(W.shape) for W in ground.base.values())
    return {"steps": steps, "largest": k, "runs": [[describe(course[step].values()) for step in steps] for course in courses]}


def describe(changes):
    """Means over the matrices of Delta W: ranks, size, its first singular values."""
    changes = list(changes)
    sigmas = [lowrank.singular_values(change)[:TOP] for change in changes]
    return {
        "effective_rank": mean(lowrank.effective_rank(change) for change in changes),
        "energy_rank": mean(lowrank.energy_rank(change) for change in changes),
        "stable_rank": mean(lowrank.stable_rank(change) for change in changes),
        "top": [mean(float(sigma[i]) for sigma in sigmas) for i in range(TOP)],
    }


def finding(data):
    steps, last = data["steps"], len(data["steps"]) - 1
    energy, effective = (
        [mean(run[i][key] for run in data["runs"]) for i in range(last + 1)] for key in ("energy_rank", "effective_rank")
    )
    least = energy.index(min(energy))
    size = mean(run[-1]["top"][0] / run[0]["top"][0] for run in data["runs"])
    return (
        f"90 % of the change's energy lies in {energy[0]:.1f} directions at step {steps[0]}, in {energy[least]:.1f} at step "
        f"{steps[least]}, the least, and in {energy[last]:.1f} of {data['largest']} at step {steps[last]} (effective rank "
        f"{effective[0]:.1f} to {effective[last]:.1f}). Its largest singular value grows {size:.0f} "
        f"times."
    )


def table(data):
    head = ("step", "effective rank", "90 % energy", "stable rank", *(f"sigma {i + 1}" for i in range(TOP)))
    rows = []
    for i, step in enumerate(data["steps"]):
        ranks = [mean(run[i][key] for run in data["runs"]) for key in ("effective_rank", "energy_rank", "stable_rank")]
        rows.append([step, *ranks, *(mean(run[i]["top"][j] for run in data["runs"]) for j in range(TOP))])
    return [head, *rows]


ANALYSIS = Analysis("change", "Full tuning's Delta W over training", measure, finding, table, needs)
