"""Pictures of training and of what an adaptation learns and forgets."""

from minilora.plots.style import COLOURS, new_figure

NAMES = {"base": "base model", "full": "full tuning", "lora": "LoRA"}


def loss_curve(train_loss, history, names, uniform):
    """The training loss a step, and the held-out losses. history: rows with step, base, target. names: of the two texts.

    uniform: the loss of a guess that knows nothing, drawn as a line.
    """
    with new_figure(figsize=(7, 3.6)) as (figure, ax):
        ax.plot(range(1, len(train_loss) + 1), train_loss, color=COLOURS["init"], lw=0.8, label="training batch")
        steps = [row["step"] for row in history]
        ax.plot(steps, [row["base"] for row in history], "o-", color=COLOURS["full"], ms=4, label=f"held-out {names['base']}")
        ax.plot(steps, [row["target"] for row in history], "s-", color=COLOURS["lora"], ms=4, label=f"held-out {names['target']}")
        ax.axhline(uniform, color=COLOURS["base"], ls=":", lw=1)
        ax.text(len(train_loss), uniform, "uniform guess", ha="right", va="bottom", fontsize=9, color=COLOURS["base"])
        ax.set(xlabel="step", ylabel="loss (nats a character)", ylim=(0, uniform * 1.1))
        ax.legend(loc="upper right", bbox_to_anchor=(1, 0.9))
        return figure


def learned_and_forgotten(base_loss, histories, names):
    """Each method's path from the base model: down is learned, right is forgotten.

    base_loss: {"base", "target"}. histories: {"full": rows, "lora": rows} with step, base, target. names: of the two texts.
    """
    with new_figure(figsize=(6.2, 4.2)) as (figure, ax):
        draw_learned_and_forgotten(ax, base_loss, histories, names)
        return figure


def draw_learned_and_forgotten(ax, base_loss, histories, names):
    """The same into axes that are there."""
    for method, rows in histories.items():
        x = [base_loss["base"]] + [row["base"] for row in rows]
        y = [base_loss["target"]] + [row["target"] for row in rows]
        ax.plot(x, y, "o-", ms=3.5, lw=1, color=COLOURS[method], label=f"{NAMES[method]}, {rows[-1]['step']} steps")
        ax.plot(x[-1], y[-1], "o", ms=9, color=COLOURS[method])
    ax.plot(base_loss["base"], base_loss["target"], "k*", ms=12, label=NAMES["base"])
    ax.set(xlabel=f"loss on {names['base']} (right: forgotten)", ylabel=f"loss on {names['target']} (down: learned)")
    ax.margins(0.1)
    ax.legend()
