"""Which matrices to adapt with LoRA, at one budget? Section 7.1 of Hu et al. 2021, arXiv 2106.09685; and the MLP beside them."""

from minilora.experiments.lowrank.analysis import Analysis, mean, spread
from minilora.experiments.lowrank.tuning import Tuning

Q, K, V, O = "attn.q", "attn.k", "attn.v", "attn.o"
CASES = {  # of the MLP, whose matrices are four times as long, the rank that comes nearest to the budget from below
    "q r8": ((Q,), 8),
    "k r8": ((K,), 8),
    "v r8": ((V,), 8),
    "o r8": ((O,), 8),
    "q, k r4": ((Q, K), 4),
    "q, v r4": ((Q, V), 4),
    "q, k, v, o r2": ((Q, K, V, O), 2),
    "mlp up r3": (("mlp.up",), 3),
    "mlp down r3": (("mlp.down",), 3),
}


def needs(seeds, setting):
    return [Tuning("lora", seed, r, targets) for targets, r in CASES.values() for seed in seeds]


def measure(ground):
    """{"base": the base's loss on the target, "cases": {case: {"values": trained, "losses": one for each seed}}}."""
    done = ground.run(needs(ground.seeds, ground.arena.setting))
    cases = {}
    for case, (targets, r) in CASES.items():
        results = [done[Tuning("lora", seed, r, targets)] for seed in ground.seeds]
        cases[case] = {"values": results[0]["values"], "losses": [result["target"] for result in results]}
    return {"base": ground.base_losses["target"], "cases": cases}


def finding(data):
    losses = {case: mean(found["losses"]) for case, found in data["cases"].items()}
    attention = {case: loss for case, loss in losses.items() if "mlp" not in case}
    best, worst = min(attention, key=losses.get), max(attention, key=losses.get)
    mlp = min((case for case in losses if case not in attention), key=losses.get)
    noise = mean(max(found["losses"]) - min(found["losses"]) for found in data["cases"].values())
    return (
        f"At one budget, attention is best adapted at {best} (loss {losses[best]:.3f}) and worst at {worst} "
        f"({losses[worst]:.3f}; a case's seeds lie {noise:.3f} apart in the mean). The MLP, with no more values, comes to "
        f"{losses[mlp]:.3f} ({mlp}): {'better' if losses[mlp] < losses[best] else 'not better'} than any of them."
    )


def table(data):
    head = ("adapted", "values", "loss on the target")
    return [head] + [[case, found["values"], spread(found["losses"])] for case, found in data["cases"].items()]


ANALYSIS = Analysis("which-weights", "Which matrices to adapt, at one budget", measure, finding, table, needs)
