"""The analyses on one page: title, finding, picture and table of each."""

import html

from minilora.experiments.lowrank.analyse import cell_text
from minilora.experiments.lowrank.catalogue import ANALYSES
from minilora.experiments.page import page, picture


def report_html(results, figures):
    """The page. results: what `analyse` returned. figures: {name: Figure}."""
    made_with = f"<p class='note'>{html.escape(provenance(next(iter(results.values()))))}</p>"
    sections = [_section(name, result, figures[name]) for name, result in results.items()]
    return page("Low rank in adaptation, analysed", [made_with, *sections])


def provenance(result):
    """In one line, what the numbers depend on."""
    setting, corpora = result["setting"], result["texts"].values()
    texts = "; ".join(f"{c['name']}: {c['characters']:,} characters, SHA-256 {c['sha256'][:12]}" for c in corpora)
    base = f"Base: {setting['n_layers']} layers of width {setting['d_model']}, {setting['base_steps']} steps"
    made_with = ", ".join(f"{key} {value}" for key, value in result["versions"].items())
    return f"{base}; adaptations: {setting['steps']} steps, seeds {result['seeds']}. {texts}. {made_with}."


def _section(name, result, figure):
    head = f"<h2>{html.escape(result['title'])}</h2><p>{html.escape(result['finding'])}</p>"
    table = f"<details><summary>Table</summary>{_table(name, result['data'])}</details>"
    return head + picture(figure, result["title"]) + table


def _table(name, data):
    head, *rows = ([html.escape(cell_text(cell)) for cell in row] for row in ANALYSES[name].table(data))
    cells = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
    return f"<table><tr><th>{'</th><th>'.join(head)}</th></tr>{cells}</table>"
