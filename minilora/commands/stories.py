"""minilora demo"""

import dataclasses
import time
from pathlib import Path

from minilora import files, plots
from minilora.data import Corpus, keep_characters, python_docs, standard_library, text_file
from minilora.experiments.demo import QUICK, DemoSettings, encode, run_demo
from minilora.experiments.report import comparison_text, report_html, samples_text
from minilora.experiments.runs import CODE_CHARACTERS
from minilora.experiments.verification import table, verify


def demo(args):
    start = time.perf_counter()
    settings = dataclasses.replace(QUICK if args.quick else DemoSettings(), seed=args.seed)
    texts = {
        "base": text_file(args.text) if args.text else _plain(python_docs()),
        "target": text_file(args.target) if args.target else _plain(standard_library(CODE_CHARACTERS)),
    }
    tokenizer, ids = encode(texts, settings)
    folder = Path(args.folder)
    print("1  Verify every registered formula")
    reports = verify(rng=args.seed)
    print(table(reports))
    result = run_demo(texts, tokenizer, ids, settings, folder)
    print(f"\n{comparison_text(result)}\n\n{samples_text(result)}")
    files.save_json(folder / "result.json", result)
    files.save_text(folder / "report.html", report_html(result, reports))
    plots.save(plots.story(result), folder / "story.png")
    print(f"\n5  Report: {folder / 'report.html'}  (figures as data: {folder / 'result.json'})")
    print(f"   {time.perf_counter() - start:.0f} seconds in all")
    return 0 if all(report.ok for report in reports.values()) else 1


def _plain(corpus):
    """The corpus with the characters of DEMO_ALPHABET only, so that both texts share a small vocabulary."""
    return Corpus(corpus.name, keep_characters(corpus.text), corpus.source)
