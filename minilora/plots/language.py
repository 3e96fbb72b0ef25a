"""Pictures of a language model: what it is asked, what its loss has to beat, what it chooses from, and what a token costs."""

from minilora.plots.lines import LINES
from minilora.plots.style import COLOURS, new_figure


def shown(token):
    """A character as a label: what is invisible gets a name."""
    return {" ": "␣", "\n": "\\n", "\t": "\\t"}.get(token, token)


def shifted_window(tokens):
    """A window of a text, (T + 1) characters, as T questions: under each input the target, the character that follows."""
    with new_figure(figsize=(0.42 * len(tokens) + 0.8, 1.5)) as (figure, ax):
        for t, (token, target) in enumerate(zip(tokens, tokens[1:], strict=False)):
            ax.text(t, 1, shown(token), ha="center", va="center", fontsize=12, family="monospace")
            ax.text(t, 0, shown(target), ha="center", va="center", fontsize=12, family="monospace", color=COLOURS["lora"])
            ax.annotate("", (t, 0.25), (t, 0.75), arrowprops={"arrowstyle": "->", "color": COLOURS["base"], "lw": 0.8})
        ax.text(-0.8, 1, "inputs", ha="right", va="center")
        ax.text(-0.8, 0, "targets", ha="right", va="center", color=COLOURS["lora"])
        ax.set(xlim=(-3.2, len(tokens) - 1.4), ylim=(-0.5, 1.5))
        ax.set_axis_off()
        return figure


def losses_and_baselines(curves, baselines, xlabel="step", ylabel="loss (nats a character)"):
    """Losses while training, and what counting knows as lines. curves: {label: (steps, losses)}; baselines: {name: loss}."""
    with new_figure(figsize=(7.4, 4)) as (figure, ax):
        for line, (label, (steps, losses)) in zip(LINES, curves.items(), strict=False):
            many = len(steps) > 60  # every step: thin, without marks
            ax.plot(steps, losses, label=label, color=line["color"], ls="-" if many else line["ls"],
                    lw=0.7 if many else 1.6, alpha=0.7 if many else 1, marker=None if many else line["marker"], ms=4)  # fmt: skip
        last = max(steps[-1] for steps, _ in curves.values())
        for name, loss in baselines.items():
            ax.axhline(loss, color=COLOURS["base"], ls=":", lw=1)
            ax.text(last, loss, f"{name} {loss:.2f}", ha="right", va="bottom", fontsize=9, color=COLOURS["base"])
        highest = max(*baselines.values(), *(max(losses) for _, losses in curves.values()))
        ax.set(xlabel=xlabel, ylabel=ylabel, ylim=(0, 1.08 * highest))
        ax.legend(loc="lower left")
        return figure


def candidate_bars(panels, first=12):
    """Which tokens may come next, likeliest first. panels: {title: (tokens, P)}; of each, the `first` ones are drawn."""
    with new_figure(1, len(panels), figsize=(3.1 * len(panels), 2.9), sharey=True, squeeze=False) as (figure, axes):
        for ax, (title, (tokens, P)) in zip(axes[0], panels.items(), strict=True):
            bars = ax.bar(range(first), P[:first], color=COLOURS["full"])
            for bar, p in zip(bars, P[:first], strict=True):
                if p == 0:
                    ax.text(bar.get_x() + bar.get_width() / 2, 0.01, "×", ha="center", fontsize=8, color=COLOURS["lora"])
            ax.set_xticks(range(first), [shown(token) for token in tokens[:first]], family="monospace")
            ax.set_title(title, fontsize=10)
            ax.set_xlabel("next character")
            ax.grid(False, axis="x")
        axes[0][0].set_ylabel("probability")
        return figure


def tokens_read(counts, block_size):
    """How many tokens go through the model for each new one. counts: {label: one number a new token}."""
    with new_figure(figsize=(6.6, 3.2)) as (figure, ax):
        for line, (label, values) in zip(LINES, counts.items(), strict=False):
            ax.plot(range(1, len(values) + 1), values, label=label, color=line["color"], ls=line["ls"])
        ax.axhline(block_size, color=COLOURS["base"], lw=0.8, ls=":")
        ax.text(1, block_size, "block size", va="bottom", fontsize=9, color=COLOURS["base"])
        ax.set(xlabel="new token", ylabel="tokens read for it", ylim=(0, 1.15 * block_size))
        ax.legend(loc="center left")
        return figure
