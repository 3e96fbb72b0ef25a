"""minilora train, adapt, merge, export, generate, spectrum, trace"""

from dataclasses import asdict, fields
from pathlib import Path

from minilora import adapters as lora
from minilora.commands.loading import load, refuse_encoder
from minilora.data import LanguageBatches, evaluation_windows, python_docs, standard_library, text_file
from minilora.experiments import analysis, runs, sources
from minilora.interop import save_huggingface, save_peft
from minilora.nn import Transformer, TransformerConfig, dequantize_base
from minilora.nn.generation import stream
from minilora.training import AdaLoRAAdamW, LoRAFAAdamW

REAL = {"steps": 40, "batch": 1, "block": 256, "lr": 2e-3, "targets": ["attn.q", "attn.v"]}  # what fits a laptop
OPTIONS = {"rank": "r", "alpha": "alpha", "dropout": "dropout", "bias": "bias"}  # of the command line: the spec's field


def train(args):
    corpus = text_file(args.text) if args.text else python_docs()
    sizes = {"vocab_size": args.vocabulary} if args.tokenizer == "bpe" else {}
    tokenizer = runs.TOKENIZERS[args.tokenizer]().train(corpus.text, **sizes)
    config = TransformerConfig.preset(
        args.preset, vocab_size=tokenizer.vocab_size, block_size=args.block, n_layers=args.layers, n_heads=args.heads,
        d_model=args.width, dropout=args.dropout, **_grouped(args),
    )  # fmt: skip
    model = Transformer(config, rng=args.seed)
    made_by = {"command": "train", "text": corpus.record(), "config": config.to_dict(), "initial_seed": args.seed}
    _learn(model, tokenizer, corpus, made_by, args)
    print(f"saved in {args.folder}; try: minilora generate {args.folder}")


def adapt(args):
    options = {name: getattr(args, name) for name in OPTIONS}
    if args.full and any(value is not None for value in (args.method, args.targets, *options.values())):
        named = ", ".join(f"--{name}" for name in ("method", "targets", *OPTIONS))
        raise ValueError(f"--full trains every weight: leave out {named}")
    if args.full and args.quantised:
        raise ValueError("--full trains every weight, and --quantised holds them in few bits: leave one of them out")
    model, tokenizer = load(args)
    refuse_encoder(model, args.model)
    tiny = sources.is_run(sources.locate(args.model))
    defaults = {"steps": 400, "batch": 24, "lr": 5e-3, "targets": list(lora.ALL_LINEAR)} if tiny else REAL
    defaults = {"block": model.config.block_size} | defaults
    if args.full:
        defaults = defaults | {"lr": 1e-3 if tiny else 5e-5}
    for name, value in defaults.items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    args.block = min(args.block, model.config.block_size)
    corpus = text_file(args.text) if args.text else standard_library(runs.CODE_CHARACTERS)
    made_by = {"command": "adapt", "base": sources.identity(args.model), "text": corpus.record(), "full": args.full}
    if args.full:
        made_by["initial_seed"] = runs.made_by(args.model).get("initial_seed") if tiny else None
    else:
        spec = _spec(args.method or "lora", options)
        made_by |= {"method": spec.method, **asdict(spec), "targets": args.targets}
        batch = _first_batch(model, tokenizer, corpus, args) if spec.evidence else None
        lora.inject(model, spec, args.targets, rng=args.seed, batch=batch)
    if args.block != model.config.block_size:
        made_by["block"] = args.block
    if args.quantised:
        made_by["quantised"] = True
    _learn(model, tokenizer, corpus, made_by, args, None if args.full else _own_optimizer(model, spec, args), tiny)
    if args.full:
        print(f"saved in {args.folder}; try: minilora generate {args.folder} --prompt 'def '")
    else:
        lora.save_adapter(model, args.folder)
        print(f"saved in {args.folder}; try: minilora generate {args.model} --adapter {args.folder} --prompt 'def '")


def _spec(method, options):
    """The method's spec with the options that were given. ValueError for one that the method does not have."""
    spec = lora.find_method(method)
    there = {field.name for field in fields(spec)}
    given = {OPTIONS[name]: value for name, value in options.items() if value is not None}
    for name, field in OPTIONS.items():
        if field in given and field not in there:
            raise ValueError(f"{method} has no {name}: leave --{name} out")
    return spec(**given)


def _own_optimizer(model, spec, args):
    """The optimiser that belongs to the method, or None for AdamW. `minilora adapt --help` says which."""
    if spec.method == "lora-fa":
        print("optimizer: LoRAFAAdamW, AdamW on the projected gradient of B")
        return LoRAFAAdamW(model, args.lr)
    if spec.method == "adalora":
        r_target, t_init = max(1, spec.r / 2), args.steps // 5
        t_final = max(t_init + 1, 4 * args.steps // 5)
        falls = f"{spec.r} to {r_target:g} triplets a layer, from step {t_init} to step {t_final}"
        print(f"optimizer: AdaLoRAAdamW, AdamW with AdaLoRA's penalty; its budget falls from {falls}")
        return AdaLoRAAdamW(model, args.lr, r_target, t_init, t_final)
    return None


def _first_batch(model, tokenizer, corpus, args):
    """What a method that starts from data is given: the first batch of the text."""
    learning, _ = runs.learning_and_held_out(tokenizer, corpus, args.block)
    return next(LanguageBatches(learning, args.block, args.batch, args.seed))


def merge(args):
    if not sources.is_run(sources.locate(args.model)):
        _refuse_occupied(args.folder)
    model, tokenizer = load(args)
    _dequantize(model)
    lora.merge(model)
    for name in {key for _, _, key, _ in lora.adapters_of(model)}:
        lora.remove(model, name)
    if sources.is_run(sources.locate(args.model)):
        made_by = {"command": "merge", "base": sources.identity(args.model), "adapter": args.adapter}
        runs.save_run(args.folder, model, tokenizer, made_by | {"initial_seed": runs.made_by(args.model).get("initial_seed")})
    else:
        save_huggingface(model, args.folder)
        tokenizer.save_huggingface(args.folder)
    print(f"saved in {args.folder}; try: minilora generate {args.folder} --prompt 'def '")


def export(args):
    _refuse_occupied(args.folder)
    model, _ = load(args)
    base = sources.locate(args.model)
    save_peft(model, args.folder, base=str(base) if (Path(base) / "config.json").exists() else None)
    print(f"saved in {args.folder}; in PEFT: PeftModel.from_pretrained(base, {args.folder!r})")


def _refuse_occupied(folder):
    """ValueError if a folder holds a model, an adapter or a run, which a file of the same name would replace."""
    found = [path.name for path in sorted(Path(folder).glob("*")) if path.suffix in (".safetensors", ".json", ".gguf")]
    if found:
        raise ValueError(f"{folder} holds {found[0]}, of a model or an adapter that would be lost: use another folder")


def _dequantize(model):
    """Nothing can be added to a W in few bits: put its values in its place, as the adapter was trained beside them."""
    layers = dequantize_base(model)
    if layers:
        print(f"{layers} layers are held in few bits: dequantised first, without what was rounded off the base")


def generate(args):
    model, tokenizer = load(args)
    refuse_encoder(model, args.model)
    ids = tokenizer.encode(args.prompt)
    if not ids:
        raise ValueError("--prompt is empty; give at least one character")
    if len(ids) > model.config.block_size:
        raise ValueError(f"--prompt has {len(ids)} tokens and the model reads {model.config.block_size}: shorten it")
    stop = () if tokenizer.eos is None else (tokenizer.eos,)
    new = stream(model, [ids], args.tokens, args.temperature, args.top_k, args.top_p, rng=args.seed, stop=stop)
    print(tokenizer.decode(ids), end="", flush=True)
    for piece in tokenizer.pieces((int(chosen[0]) for chosen in new if int(chosen[0]) not in stop), ids):
        print(piece, end="", flush=True)
    print()


def spectrum(args):
    model, _ = load(args)
    after = analysis.adapted_matrices(model)
    before = analysis.matrices(_other(model, args)) if args.against else None
    if before and {name: W.shape for name, W in before.items()} != {name: W.shape for name, W in after.items()}:
        raise ValueError(f"{args.against} is a model of another shape than {args.model}")
    change = "  of the change: effective  90 % energy" if before else ""
    print(f"{'matrix':<20}{'shape':>12}{'largest':>10}{'stable':>9}{'effective':>11}{change}")
    rows = analysis.spectrum_rows(after, before)
    for row in rows:
        matrix = f"{row['name']:<20}{str(tuple(row['shape'])):>12}"
        ranks = f"{row['after'][0]:>10.3f}{row['stable_rank']:>9.1f}{row['effective_rank']:>11.1f}"
        print(matrix + ranks + (f"{row['change_effective_rank']:>26.1f}{row['change_energy_rank']:>13}" if before else ""))
    if args.picture:
        from minilora import plots

        plots.save(plots.spectra(rows, before_label=args.against, after_label=args.model), args.picture)
        print(f"drawn in {args.picture}")


def trace(args):
    model, _ = load(args)
    length = min(8, model.config.block_size)
    print(f"{'layer':<32}{'kind':<16}{'output for ids (1, ' + str(length) + ')':<28}{'own parameters':>14}")
    for name, kind, shape, parameters in model.trace([[0] * length]):
        print(f"{name:<32}{kind:<16}{str(shape):<28}{parameters or '':>14}")
    print(f"{runs.count(model):,} parameters in all")


def _other(model, args):
    """The model to compare with. A run's weights before training follow from the seed that they were drawn with."""
    if args.against != "init":
        return sources.load(args.against)[0]
    seed = runs.made_by(args.model).get("initial_seed") if sources.is_run(sources.locate(args.model)) else None
    if seed is None:
        raise ValueError(f"{args.model} does not say which seed its first weights had: name a run to compare with")
    return Transformer(model.config, rng=seed)


def _learn(model, tokenizer, corpus, made_by, args, optimizer=None, tiny=True):
    """Train, and say what was held out of the text's loss. A real model is judged on less, and not written while it is frozen."""
    learning, held_out = runs.learning_and_held_out(tokenizer, corpus, args.block)
    learns = f"{runs.count(model, trainable_only=True):,} of {runs.count(model):,} parameters learn"
    print(f"{learns} from {corpus.name}: {len(corpus.text):,} characters, a vocabulary of {tokenizer.vocab_size:,} tokens")
    settings = {"steps": args.steps, "batch": args.batch, "lr": args.lr, "seed": args.seed}
    runs.claim(args.folder, made_by | settings, tokenizer if tiny or args.full else None)
    how = {} if tiny else {"judged_on": (16, 1), "evaluations": 4, "save_frozen": False}
    if made_by["command"] == "adapt":
        before = runs.held_out_loss(model, evaluation_windows(held_out, args.block, *how.get("judged_on", (64, 32))))
        print(f"before: held-out loss {before:.3f} nats a token")
    trainer = runs.train(
        model, learning, {"held_out": held_out}, args.steps, lr=args.lr, batch_size=args.batch, rng=args.seed,
        folder=args.folder, optimizer=optimizer, block_size=args.block, **how,
    )  # fmt: skip
    last = next(row for row in reversed(trainer.history) if "held_out" in row)
    print(f"step {last['step']}: held-out loss {last['held_out']:.3f} nats a token")


def _grouped(args):
    """tiny-llama shares key heads in pairs where the number of heads allows it."""
    return {"n_kv_heads": args.heads // 2 if args.heads % 2 == 0 else args.heads} if args.preset == "tiny-llama" else {}
