"""Pictures of article D: what is left of a loss when weights are drawn again, and how the rank of a change grows."""

from statistics import mean

from minilora.plots.style import COLOURS, new_figure

LOOKS = ("-o", "--s", "-.^", ":D", "--v")
SHADES = (COLOURS["lora"], COLOURS["full"], COLOURS["extra"], COLOURS["base"], "#CC79A7")


def floors(shares, runs):
    """Loss at the end against the floor that was predicted, by the share of local weights.

    runs: {share: [{"loss", "floor"}, one for each seed]}; losses of 0 are drawn at the bottom.
    """
    with new_figure(figsize=(6.6, 3.6)) as (figure, ax):
        for seed in range(len(runs[shares[0]])):
            floor, loss = ([runs[share][seed][key] for share in shares] for key in ("floor", "loss"))
            ax.plot(shares, floor, color=COLOURS["base"], ls="--", lw=1, label="predicted floor" if seed == 0 else None)
            ax.plot(shares, loss, "o", color=COLOURS["lora"], ms=6, mfc="none", label="measured" if seed == 0 else None)
        ax.set(xlabel="share of local weights", ylabel="loss at the end")
        ax.legend()
        return figure


def rank_growth(found, percents):
    """The rank of Delta W after each percentage of the steps, means over seeds. found: {name: rows, one for each percentage}."""
    with new_figure(figsize=(6.6, 3.6)) as (figure, ax):
        for (name, rows), look, shade in zip(found.items(), LOOKS, SHADES, strict=True):
            hollow = {"ms": 10, "mfc": "none"} if "^" in look else {"ms": 5}  # where two lines are one, both are seen
            ax.plot(percents, [mean(row) for row in rows], look, color=shade, label=name, **hollow)
        ax.set_yscale("log", base=2)
        ax.set_yticks([4, 8, 16, 32, 64], ["4", "8", "16", "32", "64"])
        ax.set_xticks(percents)
        ax.set(xlabel="share of the steps (%)", ylabel=r"rank of $\Delta W$, mean over matrices")
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
        return figure
