"""The demo's report: one HTML file with its pictures inside."""

import html

from minilora import plots
from minilora.experiments.page import page, picture
from minilora.experiments.verification import table


def report_html(result, reports):
    """The page. result: what `run_demo` returned. reports: what `verify` returned."""
    names = {name: corpus["name"] for name, corpus in result["texts"].items()}
    settings = result["settings"]
    return page(
        "A tiny transformer, and two ways to adapt it",
        [
            _introduction(result, names),
            "<h2>1 &nbsp;Every gradient, checked</h2>",
            f"<pre>{html.escape(table(reports))}</pre>",
            f"<h2>2 &nbsp;Training on {html.escape(names['base'])}</h2>",
            picture(
                plots.loss_curve(result["base"]["train_loss"], result["base"]["history"], names, result["uniform_loss"]),
                "Training and held-out loss against the step",
            ),
            "<h2>3 &nbsp;The trained weights, by SVD</h2>",
            "<p>Grey: the singular values at initialisation. Blue: after training. One line a block.</p>",
            picture(plots.spectra(result["spectra"]), "Spectra of the weight matrices before and after training"),
            "<p>Every matrix of the blocks cut to its best approximation of a rank, without training again:</p>",
            picture(
                plots.truncation(result["truncation"], result["base"]["loss"]["base"], result["uniform_loss"]),
                "Held-out loss against the rank that every matrix was cut to",
            ),
            f"<h2>4 &nbsp;Adapting to {html.escape(names['target'])}</h2>",
            "<p>Both start from the same weights and see the same batches. Loss in nats a character, on held-out text.</p>",
            _comparison(result, names),
            picture(
                plots.learned_and_forgotten(result["base"]["loss"], {m: result[m]["history"] for m in ("full", "lora")}, names),
                "Loss on the base text against loss on the target text along both adaptations",
            ),
            _change(result),
            picture(
                plots.change_spectra({m: result[m]["spectra"] for m in ("full", "lora")}, plots.NAMES, settings["rank"]),
                "Spectrum of the change Delta W under full tuning and LoRA",
            ),
            "<h2>5 &nbsp;Samples</h2>",
            _samples(result),
        ],
    )


def comparison_text(result):
    """The same comparison as lines of text, for the terminal."""
    names = {name: corpus["name"] for name, corpus in result["texts"].items()}
    lines = [f"{'':<14}{'loss on':>18}{'loss on':>18}{'trained':>10}{'optimiser':>11}{'ms a step':>11}"]
    lines.append(f"{'':<14}{names['target']:>18}{names['base']:>18}{'values':>10}{'KiB':>11}{'(median)':>11}")
    for key, loss, trained, memory, time in _rows(result):
        lines.append(f"{plots.NAMES[key]:<14}{loss['target']:>18.3f}{loss['base']:>18.3f}{trained:>10}{memory:>11}{time:>11}")
    return "\n".join(lines)


def samples_text(result):
    """What each model writes after the target's prompt, one line each, for the terminal."""
    return "\n".join(f"{title:<14}{result[key]['samples']['target'][:90]!r}" for key, title in plots.NAMES.items())


def _rows(result):
    for key in plots.NAMES:
        stage = result[key]
        memory, time = f"{stage['optimizer_bytes'] / 1024:,.0f}", f"{1000 * stage['seconds_per_step']:.1f}"
        yield key, stage["loss"], f"{stage['trainable']:,}", memory, time


def _introduction(result, names):
    settings, corpora = result["settings"], result["texts"].values()
    texts = "; ".join(f"{c['name']}: {c['characters']:,} characters, SHA-256 {c['sha256'][:12]}" for c in corpora)
    made_with = ", ".join(f"{key} {value}" for key, value in result["versions"].items())
    base, target = html.escape(names["base"]), html.escape(names["target"])
    story = (
        f"A transformer of {result['model']['parameters']:,} parameters was trained for {settings['steps']} steps on {base}, "
        f"then adapted for {settings['adapt_steps']} steps to {target}: once with every weight free, once by LoRA at rank "
        f"{settings['rank']}."
    )
    note = (
        f"{html.escape(texts)}. Seed {settings['seed']}. {html.escape(made_with)}. "
        "One seed: expect other digits with another, or with another Python, whose library is the text."
    )
    return f"<p>{story}</p><p class='note'>{note}</p>"


def _comparison(result, names):
    head = [f"loss on {names['target']}", f"loss on {names['base']}", "trained values", "optimiser, KiB", "ms a step (median)"]
    rows = [
        [plots.NAMES[key], f"{loss['target']:.3f}", f"{loss['base']:.3f}", trained, memory, time]
        for key, loss, trained, memory, time in _rows(result)
    ]
    cells = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
    return f"<table><tr><th></th><th>{'</th><th>'.join(map(html.escape, head))}</th></tr>{cells}</table>"


def _change(result):
    full, lora = (_mean(result[method]["spectra"], "change_energy_rank") for method in ("full", "lora"))
    return (
        "<p>The change that each made to a matrix, as a spectrum. LoRA's ends at its rank; full tuning's does not. "
        f"Directions that hold 90 % of the change's squared size, mean over the matrices: full tuning {full:.0f} of "
        f"{len(result['full']['spectra'][0]['change'])}, LoRA {lora:.0f}.</p>"
    )


def _samples(result):
    parts = []
    for prompt in ("base", "target"):
        texts = {title: html.escape(result[key]["samples"][prompt]) for key, title in plots.NAMES.items()}
        cards = "".join(f"<div><b>{title}</b><pre>{text}</pre></div>" for title, text in texts.items())
        parts.append(f"<div class='samples'>{cards}</div>")
    return "<p>The same prompt and the same random numbers for each model, temperature 0.8.</p>" + "".join(parts)


def _mean(rows, key):
    return sum(row[key] for row in rows) / len(rows)
