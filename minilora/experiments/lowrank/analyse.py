"""Run analyses: the base, the training runs that they read, then each of them; what is done already is taken up."""

import difflib
from dataclasses import asdict, replace

from minilora.experiments.jobs import made_with, workers
from minilora.experiments.lowrank.catalogue import ANALYSES
from minilora.experiments.lowrank.ground import Ground
from minilora.experiments.systems import arena as systems

FULL, QUICK = systems.FULL, replace(systems.QUICK, seeds=2)


def analyse(folder, names=(), setting=FULL, seed=0, n_jobs=1, parallel=None, say=print):
    """{name: {"title", "finding", "data", "setting", "seeds", "texts", "versions"}} of the named analyses, or of all: plain data.

    folder: where the base, the runs and the results are kept. seed: the first of setting.seeds. n_jobs, parallel: as `run_jobs`
    takes them; neither changes a number. ValueError for a name that there is not, or a folder of another setting.
    """
    chosen = choose(names)
    with workers(parallel, n_jobs):
        pass  # what cannot be had is refused before anything is trained
    say("1  The base")
    arena, texts = systems.prepare(folder, setting)
    ground = Ground(folder, seed)
    tunings = [tuning for analysis in chosen.values() for tuning in analysis.needs(ground.seeds, setting)]
    say(f"2  {len({tuning.name for tuning in tunings})} training runs of {setting.steps} steps")
    ground.run(tunings, n_jobs, parallel, progress=True)
    say(f"3  {len(chosen)} analyses")
    jobs = {f"{name}-seed{seed}": {"name": name, "seed": seed, "seeds": setting.seeds} for name in chosen}
    done = ground.jobs(measure, jobs, "analyses", n_jobs, parallel, "analyses")
    origin = {"setting": asdict(setting), "seeds": list(ground.seeds), "texts": texts, "versions": made_with()}
    return {
        name: {"title": analysis.title, "finding": analysis.finding(data), "data": data} | origin
        for (name, analysis), data in zip(chosen.items(), done.values(), strict=True)
    }


def choose(names):
    """{name: Analysis} in the order of the catalogue. ValueError names the nearest for a name that there is not."""
    for name in names:
        if name not in ANALYSES:
            nearest = difflib.get_close_matches(name, ANALYSES, n=1)
            hint = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(ANALYSES)}"
            raise ValueError(f"no analysis is named {name!r}; {hint}")
    return {name: analysis for name, analysis in ANALYSES.items() if not names or name in names}


def measure(folder, name, seed, seeds):
    """One analysis: plain data. seeds: how many; the folder's setting says so too."""
    return ANALYSES[name].measure(Ground(folder, seed))


def table_text(name, data):
    """An analysis's table as lines of text."""
    rows = [[cell_text(cell) for cell in row] for row in ANALYSES[name].table(data)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(_aligned(row, widths)).rstrip() for row in rows)


def cell_text(cell):
    """A cell as text: numbers that are not whole with four digits."""
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def _aligned(row, widths):
    """The first column to the left, the others to the right."""
    return [text.rjust(width) if i else text.ljust(width) for i, (text, width) in enumerate(zip(row, widths, strict=True))]
