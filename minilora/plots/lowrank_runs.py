"""Pictures of the analyses that follow or compare training runs. Each takes the data of the analysis of its name."""

from minilora.plots.lines import LINES, band, power_axis
from minilora.plots.style import COLOURS, new_figure


def change(data):
    """Left: how many directions Delta W takes, against the step. Right: its first singular values."""
    steps, runs = data["steps"], data["runs"]
    with new_figure(1, 2, figsize=(9.6, 3.8)) as (figure, (left, right)):
        labels = {"effective_rank": "effective rank", "energy_rank": "90 % of the energy", "stable_rank": "stable rank"}
        for line, (key, label) in zip(LINES, labels.items(), strict=False):
            band(left, steps, [[run[i][key] for run in runs] for i in range(len(steps))], line, label)
        left.axhline(data["largest"], color=COLOURS["base"], ls=":", lw=1)
        left.text(steps[0], data["largest"], "full rank", fontsize=9, va="bottom", color=COLOURS["base"])
        left.set(ylabel="mean over the matrices", ylim=(0, 1.5 * data["largest"]))
        left.legend(fontsize=8, loc="upper right")
        for i, line in enumerate(LINES):
            band(right, steps, [[run[j]["top"][i] for run in runs] for j in range(len(steps))], line, f"singular value {i + 1}")
        right.set(ylabel="singular value of $\\Delta W$", ylim=(0, None))
        right.legend(fontsize=8)
        for ax in (left, right):
            power_axis(ax, steps, "step")
            ax.tick_params(axis="x", labelsize=8)
        return figure


def which_weights(data):
    """The loss on the target for each choice of matrices: the mean over seeds, a dot for each."""
    cases = list(data["cases"].items())
    with new_figure(figsize=(7.2, 3.9)) as (figure, ax):
        for i, (_, found) in enumerate(cases):
            losses = found["losses"]
            ax.barh(i, data["base"] - sum(losses) / len(losses), color=COLOURS["lora"], alpha=0.55, height=0.62)
            ax.plot([data["base"] - loss for loss in losses], [i] * len(losses), "k.", ms=5)
        ax.set_yticks(range(len(cases)), [f"{case}   ({found['values']:,})" for case, found in cases])
        ax.invert_yaxis()
        ax.set(xlabel="loss on the target below the base's (nats)   dots: seeds", ylabel="adapted (values)")
        ax.grid(axis="y", visible=False)
        return figure


def rank(data):
    """The loss on the target against the rank, beside full tuning's."""
    with new_figure(figsize=(6.6, 3.8)) as (figure, ax):
        for line, (name, rows) in zip(LINES[1:], data["losses"].items(), strict=False):
            band(ax, data["ranks"], rows, line, f"LoRA on {name}")
        _level(ax, data["ranks"], data["full"], "full tuning")
        power_axis(ax, data["ranks"], "rank r")
        ax.set(ylabel="held-out loss on the target (nats)")
        ax.legend(fontsize=9)
        return figure


def intrinsic_dimension(data):
    """The share of full tuning's gain that d random directions reach, and LoRA."""
    full = sum(data["full"]) / len(data["full"])

    def share(loss):
        return (data["base"] - loss) / (data["base"] - full)

    with new_figure(figsize=(6.8, 3.9)) as (figure, ax):
        ds = [row["d"] for row in data["rows"]]
        ax.plot(ds, [share(row["loss"]) for row in data["rows"]], ms=5, label="d random directions", **LINES[0])
        ax.plot(data["lora"]["values"], share(data["lora"]["loss"]), "s", color=COLOURS["lora"], ms=8, label="LoRA, its values")
        ax.plot(data["D"], 1, "k*", ms=12, label="full tuning of these matrices")
        ax.axhline(data["share"], color=COLOURS["base"], ls=":", lw=1)
        ax.text(ds[0], data["share"], f"{data['share']:.0%}", fontsize=9, va="bottom", color=COLOURS["base"])
        power_axis(ax, [*ds, data["D"]], "d, how many numbers are trained")
        ax.set(ylabel="share of full tuning's gain", ylim=(min(0, share(data["rows"][0]["loss"])), 1.12))
        ax.legend(fontsize=9, loc="center left", bbox_to_anchor=(0, 0.62))
        return figure


def intruders(data):
    """Left: the cosine of each of the first directions to the nearest of the base's. Right: how many are below a threshold."""
    with new_figure(1, 2, figsize=(9.6, 3.8)) as (figure, (left, right)):
        thresholds = [i / 50 for i in range(51)]
        for line, (run, row) in zip(LINES, data["runs"].items(), strict=False):
            means = [sum(cosines) / len(cosines) for cosines in row["cosines"]]
            left.plot(range(1, len(means) + 1), means, ms=5, label=run, **line)
            counts = [sum(sum(c < eps for c in cosines) / len(cosines) for cosines in row["cosines"]) for eps in thresholds]
            right.plot(thresholds, counts, color=line["color"], ls=line["ls"], label=run)
        left.axhline(data["random"], color=COLOURS["base"], ls=":", lw=1)
        left.text(1, data["random"], "a random direction", fontsize=9, va="bottom", color=COLOURS["base"])
        left.set(xlabel="index of the tuned singular vector", ylabel="largest cosine to the base's (mean)", ylim=(0, 1.02))
        left.legend(fontsize=8, loc="lower right")
        right.axvline(data["eps"], color=COLOURS["base"], ls=":", lw=1)
        right.set(xlabel="threshold", ylabel=f"intruders among the first {len(row['cosines'])}, a matrix")
        right.legend(fontsize=8)
        return figure


def forgetting(data):
    """Each run's path from the base (star): down is learned, right is forgotten."""
    with new_figure(figsize=(7.2, 4.6)) as (figure, ax):
        looks = {"full": iter(LINES), "LoRA": iter([*LINES, LINES[0] | {"marker": "v", "ls": (0, (1, 3))}])}
        for run, path in data["paths"].items():
            method = "LoRA" if run.startswith("LoRA") else "full"
            line = next(looks[method]) | {"color": COLOURS[method.lower()]}
            ax.plot([row["base"] for row in path], [row["target"] for row in path], ms=4, lw=1.1, label=run, **line)
        start = path[0]
        ax.plot(start["base"], start["target"], "k*", ms=13, label="base", ls="none")
        ax.axhline(data["level"], color=COLOURS["base"], ls=":", lw=1)
        ax.text(start["base"], data["level"], "compared here", va="bottom", fontsize=9, color=COLOURS["base"])
        ax.set(xlabel="loss on the base text (right: forgotten)", ylabel="loss on the target (down: learned)")
        ax.legend(fontsize=8)
        return figure


def gauge(data):
    """Left: how much the next step differs between gauges of one Delta W. Right: the drift of what gradient flow conserves."""
    with new_figure(1, 2, figsize=(10.4, 3.9)) as (figure, (left, right)):
        gauges = list(data["gauges"])
        sizes = [data["gauges"][gauge]["size_of_step"] for gauge in gauges]
        left.bar(gauges, sizes, color=COLOURS["lora"], alpha=0.6, width=0.55)
        for i, gauge in enumerate(gauges):
            row = data["gauges"][gauge]
            text = f"differs by {row['next_step']:.0%}\n" + r"$\Delta W$ by " + f"{row['same_product']:.0e}"
            left.text(i, row["size_of_step"], text if i else "", ha="center", va="bottom", fontsize=8)
        left.margins(y=0.25)
        left.set(ylabel=r"size of the next step of $\Delta W$, SGD")
        looks = [*LINES, {"color": "#CC79A7", "ls": (0, (5, 1)), "marker": "v"}]
        for line, (label, row) in zip(looks, data["drift"].items(), strict=False):
            every = max(1, len(row["share"]) // 8)
            right.plot(row["share"][1:], row["drift"][1:], ms=4, lw=1.2, markevery=every, label=label, **line)
        right.set(xlabel="share of the steps", ylabel=r"$|M - M_0| / |M_0|$,  $M = B^T B - A A^T$", yscale="log")
        right.legend(fontsize=8)
        return figure


def _level(ax, x, values, label):
    """A horizontal line for what does not depend on x, with its range over seeds."""
    middle = sum(values) / len(values)
    ax.axhline(middle, color=LINES[0]["color"], ls="-", lw=1.2)
    ax.axhspan(min(values), max(values), color=LINES[0]["color"], alpha=0.15, lw=0)
    ax.text(x[0], middle, label, fontsize=9, va="bottom", color=LINES[0]["color"])
