"""minilora verify, gradcheck, info"""

import json
from pathlib import Path

from minilora import backend, files
from minilora.adapters.store import read_description
from minilora.experiments import sources
from minilora.experiments.runs import count, made_by
from minilora.experiments.verification import table, verify_methods, verify_models
from minilora.experiments.verification import verify as verify_ops
from minilora.gradcheck import check_file, verify_html
from minilora.interop import fetch
from minilora.interop.peft_settings import read_settings
from minilora.nn.config import PRESETS
from minilora.ops import registry
from minilora.training import has_checkpoint, read_state
from minilora.training.versions import versions


def verify(args):
    if args.ops and (args.models or args.methods):
        raise ValueError("--models and --methods check whole models: name no ops with them")
    quiet = {"rng": args.seed, "progress": not args.json}
    whole = (verify_models(**quiet) if args.models else {}) | (verify_methods(**quiet) if args.methods else {})
    reports = whole or verify_ops(args.ops, **quiet)
    if not args.json:
        print(table(reports))
    return _told({name: report for name, report in reports.items() if args.json or not report.ok}, reports, args)


def gradcheck(args):
    reports = check_file(args.file, rtol=args.rtol, rng=args.seed)
    return _told(reports, reports, args)


def _told(shown, reports, args):
    """Print the reports that are shown, write the page if one is asked for; the exit code: 0 if every gradient is right."""
    if args.json:
        print(json.dumps({name: report.to_dict() for name, report in shown.items()}, indent=2, allow_nan=False))
    else:
        for name, report in shown.items():
            print(f"\n{name}\n{report}")
    if args.html:
        files.save_text(args.html, verify_html(reports))
    return 0 if all(report.ok for report in reports.values()) else 1


def info(args):
    if args.folder is None:
        for key, value in versions().items():
            print(f"{key:<10}{value}")
        print(f"{'gpu':<10}{'yes' if backend.use('auto').__name__ == 'cupy' else 'none that CuPy can use'}")
        print(f"{'presets':<10}{', '.join(PRESETS)}")
        print(f"{'ops':<10}{len(registry)} registered, see minilora verify")
        return
    if args.folder in fetch.SOURCES or not has_checkpoint(args.folder) and not (Path(args.folder) / "adapter.json").exists():
        settings = Path(args.folder) / "adapter_config.json"
        alone = settings.exists() and not (Path(args.folder) / "config.json").exists()
        return _peft(settings) if alone else _real(args.folder)
    if (Path(args.folder) / "adapter.json").exists():
        spec, layers, *_ = read_description(Path(args.folder) / "adapter.json")
        print(f"adapter: {spec}\nlayers:  {', '.join(layers)}")
        return
    state = read_state(args.folder)
    print(f"a run of {state['step']} steps, saved with {state['versions']}")
    for key, value in (made_by(args.folder) | state["config"]).items():
        print(f"{key:<18}{value}")


def _peft(path):
    """What an adapter_config.json says: the method and its numbers as minilora has them, and where it hangs, in PEFT's words."""
    given, settings = files.load_json(path), read_settings(path, model_type=None)
    try:
        spec = settings.spec({})
    except (ValueError, OverflowError) as error:
        raise files.FileError(f"{path}: {error}") from error
    targets = given.get("target_modules") or "left to the model"
    print(f"adapter: {spec}, in PEFT's format")
    print(f"targets: {targets if isinstance(targets, str) else ', '.join(targets)}")
    for name in ("rank_pattern", "alpha_pattern", "exclude_modules", "layers_to_transform", "base_model_name_or_path"):
        if given.get(name):
            print(f"{name}: {given[name]}")


def _real(name):
    """What a real model is: where it is, what it reads, how it is built."""
    path = sources.locate(name)
    model, tokenizer = sources.load(name)
    if name in fetch.SOURCES:
        print(f"{fetch.SOURCES[name].about}\nlicence           {fetch.SOURCES[name].licence}")
    print(f"{'path':<18}{path}\n{'parameters':<18}{count(model):,}")
    end, chats = tokenizer.special.get("eos_token"), "yes" if tokenizer.template else "none"
    print(f"{'tokenizer':<18}{tokenizer.vocab_size} tokens, ends with {end}, chat template: {chats}")
    for key, value in model.config.to_dict().items():
        print(f"{key:<18}{value}")
