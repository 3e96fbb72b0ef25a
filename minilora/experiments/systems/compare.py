"""All systems on one base: full tuning, LoRA, each article's system and the methods it should have been."""

import math
from dataclasses import asdict
from functools import partial
from pathlib import Path

import threadpoolctl

from minilora.experiments.jobs import made_with, run_jobs, workers
from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems.arena import Arena, fingerprint, prepare
from minilora.experiments.systems.contestant import MEASURES, measure
from minilora.experiments.systems.contestants import CONTESTANTS, STUDIES
from minilora.training import TrainingError

SEARCH_SEED = 1000  # rates are chosen with a seed that no result is reported for
STEP = 3.0  # from one rate to the next that is tried
ROUNDS = 4  # the first three, two for a best rate at the edge, and one between those that were tried


def compare(folder, setting, quick=False, n_jobs=1, parallel=None, say=print, names=None):
    """Run what is missing of the comparison, and return all as plain data: {"rates", "contest", "studies", "texts", "setting"}.

    names: contestants and studies to run; None: all. "contest": {contestant: [measures, one for each seed]}; "studies":
    {"study.case": the same}.
    """
    with workers(parallel, n_jobs):
        pass  # what cannot be had is refused before anything is trained
    folder = Path(folder)
    say("1  The base")
    _, texts = prepare(folder, setting)
    chosen = {name: c for name, c in CONTESTANTS.items() if names is None or name in names}
    studies = [s for s in STUDIES if names is None or s.name in names]
    run = partial(run_jobs, n_jobs=n_jobs, parallel=parallel, given={"folder": str(folder)}, fingerprint=fingerprint)
    say("2  A rate for each contestant, chosen on text of its own")
    rates = search(folder, chosen, setting, run) if setting.search else {name: c.rate for name, c in chosen.items()}
    say(f"3  {len(chosen)} contestants, {setting.seeds} seeds, {setting.steps} steps each")
    jobs = {
        f"{name}-{seed}": {"name": name, "rate": rates[name], "seed": seed, "steps": setting.steps}
        for seed in range(setting.seeds)
        for name in chosen
    }
    done = run(contest, jobs, folder / "contest", label="contest")
    contests = {name: [done[f"{name}-{seed}"] for seed in range(setting.seeds)] for name in chosen}
    say(f"4  {len(studies)} studies")
    found = run_studies(folder, studies, setting, quick, run)
    with threadpoolctl.threadpool_limits(1):  # as in every job
        record = {
            "setting": asdict(setting),
            "quick": quick,
            "texts": texts,
            "base": fingerprint(folder),
            "versions": made_with(),
        }
    return record | {"rates": rates, "contest": contests, "studies": found}


def run_studies(folder, studies, setting, quick, run):
    """{"study.case": [measures, one for each seed]}."""
    results = {}
    for study in studies:
        seeds = range(setting.seeds if study.seeds else 1)
        jobs = {
            f"{study.name}.{case}-{seed}": {"seed": seed, "case": case, "quick": quick} for seed in seeds for case in study.cases
        }
        done = run(study.function, jobs, folder / "studies", label=study.name)
        results |= {f"{study.name}.{case}": [done[f"{study.name}.{case}-{seed}"] for seed in seeds] for case in study.cases}
    return results


def search(folder, chosen, setting, run):
    """{contestant: rate}: the best of three, a factor of 3 apart, of further ones while the best is at the edge, and of the two
    at half that distance around it."""
    tried = {name: {} for name, c in chosen.items() if c.rate is not None}
    steps = max(1, round(setting.search * setting.steps))
    for turn in range(ROUNDS):
        jobs = {}
        for name, losses in tried.items():
            for rate in _next_rates(chosen[name].rate, losses, last=turn == ROUNDS - 1):
                jobs[f"{name}-{rate:.3g}"] = {"name": name, "rate": rate, "seed": SEARCH_SEED, "steps": steps}
        done = run(trial, jobs, folder / "search", label="rates")
        for job, options in jobs.items():
            tried[options["name"]][options["rate"]] = done[job]["loss"]
    return {name: min(tried[name], key=tried[name].get) if name in tried else None for name in chosen}


def _next_rates(centre, losses, last=False):
    if not losses:
        return [centre / STEP, centre, centre * STEP]
    best = min(losses, key=losses.get)
    if last:
        return [best / math.sqrt(STEP), best * math.sqrt(STEP)]
    return [best / STEP] if best == min(losses) else [best * STEP] if best == max(losses) else []


def trial(folder, name, rate, seed, steps):
    """The loss that a rate leads to on text that is for the choice alone; infinite where training breaks down."""
    arena = Arena(folder)
    try:
        adapted = CONTESTANTS[name].adapt(arena, rate, seed, steps)
    except TrainingError:
        return {"loss": math.inf}
    return {"loss": held_out_loss(adapted.model, arena.windows("target.trial"))}


def contest(folder, name, rate, seed, steps):
    """One contestant, one seed. Where training breaks down the losses are infinite, and nothing else is measured."""
    arena = Arena(folder)
    try:
        return measure(arena, CONTESTANTS[name].adapt(arena, rate, seed, steps))
    except TrainingError:
        return dict.fromkeys(MEASURES) | dict.fromkeys(("target_loss", "base_loss", "robust_loss"), math.inf)
