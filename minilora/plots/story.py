"""The demo in one picture, for the README."""

from minilora.plots.spectra import draw_change_spectra
from minilora.plots.style import new_figure
from minilora.plots.training import NAMES, draw_learned_and_forgotten


def story(result):
    """Left: what each adaptation learned and forgot. Right: the spectrum of its change. result: what `run_demo` returned."""
    names = {name: corpus["name"] for name, corpus in result["texts"].items()}
    with new_figure(1, 2, figsize=(10.5, 3.9)) as (figure, (left, right)):
        histories = {method: result[method]["history"] for method in ("full", "lora")}
        draw_learned_and_forgotten(left, result["base"]["loss"], histories, names)
        left.set_title("What is learned, and what is forgotten", fontsize=10)
        rows = {method: result[method]["spectra"] for method in ("full", "lora")}
        draw_change_spectra(right, rows, NAMES, result["settings"]["rank"])
        right.set_title("How many directions the change takes", fontsize=10)
        return figure
