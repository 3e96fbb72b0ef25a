"""minilora train, adapt, merge, generate, spectrum, trace"""

from dataclasses import asdict, fields

from minilora import adapters as lora
from minilora.data import LanguageBatches, python_docs, standard_library, text_file
from minilora.experiments import analysis, runs
from minilora.nn import QuantizedParameter, Transformer, TransformerConfig, dequantize_linear
from minilora.nn import generate as generate_ids
from minilora.training import AdaLoRAAdamW, LoRAFAAdamW, read_state

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
    model, tokenizer = runs.load_model(args.model), runs.load_tokenizer(args.model)
    corpus = text_file(args.text) if args.text else standard_library(runs.CODE_CHARACTERS)
    made_by = {"command": "adapt", "base": read_state(args.model)["save"], "text": corpus.record(), "full": args.full}
    if args.full:
        made_by["initial_seed"] = runs.made_by(args.model).get("initial_seed")
    else:
        spec, targets = _spec(args.method or "lora", options), args.targets or list(lora.ALL_LINEAR)
        made_by |= {"method": spec.method, **asdict(spec), "targets": targets}
        batch = _first_batch(model, tokenizer, corpus, args) if spec.evidence else None
        lora.inject(model, spec, targets, rng=args.seed, batch=batch)
    if args.lr is None:
        args.lr = 1e-3 if args.full else 5e-3
    _learn(model, tokenizer, corpus, made_by, args, None if args.full else _own_optimizer(model, spec, args))
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
    learning, _ = runs.learning_and_held_out(tokenizer, corpus, model.config.block_size)
    return next(LanguageBatches(learning, model.config.block_size, args.batch, args.seed))


def merge(args):
    model, tokenizer = _load(args)
    _dequantize(model)
    lora.merge(model)
    lora.remove(model, "default")
    made_by = {"command": "merge", "base": read_state(args.model)["save"], "adapter": args.adapter}
    runs.save_run(args.folder, model, tokenizer, made_by | {"initial_seed": runs.made_by(args.model).get("initial_seed")})
    print(f"saved in {args.folder}; try: minilora generate {args.folder} --prompt 'def '")


def _dequantize(model):
    """Nothing can be added to a W in 4 bits: put its values in its place, as the adapter was trained beside them."""
    layers = [layer for _, layer in model.named_layers() if isinstance(getattr(layer, "W", None), QuantizedParameter)]
    for layer in layers:
        dequantize_linear(layer)
    if layers:
        print(f"{len(layers)} layers are held in 4 bits: dequantised first, without what was rounded off the base")


def generate(args):
    model, tokenizer = _load(args)
    ids = tokenizer.encode(args.prompt)
    if not ids:
        raise ValueError("--prompt is empty; give at least one character")
    new = generate_ids(model, [ids], args.tokens, args.temperature, args.top_k, args.top_p, rng=args.seed)
    print(tokenizer.decode(new[0].tolist()))


def spectrum(args):
    model, _ = _load(args)
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
    model, _ = _load(args)
    length = min(8, model.config.block_size)
    print(f"{'layer':<32}{'kind':<16}{'output for ids (1, ' + str(length) + ')':<28}{'own parameters':>14}")
    for name, kind, shape, parameters in model.trace([[0] * length]):
        print(f"{name:<32}{kind:<16}{str(shape):<28}{parameters or '':>14}")
    print(f"{runs.count(model):,} parameters in all")


def _load(args):
    model, tokenizer = runs.load_model(args.model), runs.load_tokenizer(args.model)
    if getattr(args, "adapter", None):
        lora.load_adapter(model, args.adapter)
    return model.eval(), tokenizer


def _other(model, args):
    """The model to compare with. A run's weights before training follow from the seed that they were drawn with."""
    if args.against != "init":
        return runs.load_model(args.against)
    seed = runs.made_by(args.model).get("initial_seed")
    if seed is None:
        raise ValueError(f"{args.model} does not say which seed its first weights had: name a run to compare with")
    return Transformer(model.config, rng=seed)


def _learn(model, tokenizer, corpus, made_by, args, optimizer=None):
    learning, held_out = runs.learning_and_held_out(tokenizer, corpus, model.config.block_size)
    learns = f"{runs.count(model, trainable_only=True):,} of {runs.count(model):,} parameters learn"
    print(f"{learns} from {corpus.name}: {len(corpus.text):,} characters, {tokenizer.vocab_size} different tokens")
    settings = {"steps": args.steps, "batch": args.batch, "lr": args.lr, "seed": args.seed}
    runs.claim(args.folder, made_by | settings, tokenizer)
    held_out = {"held_out": held_out}
    trainer = runs.train(
        model, learning, held_out, args.steps, lr=args.lr, batch_size=args.batch, rng=args.seed, folder=args.folder,
        optimizer=optimizer,
    )  # fmt: skip
    last = next(row for row in reversed(trainer.history) if "held_out" in row)
    print(f"step {last['step']}: held-out loss {last['held_out']:.3f} nats a token")


def _grouped(args):
    """tiny-llama shares key heads in pairs where the number of heads allows it."""
    return {"n_kv_heads": args.heads // 2 if args.heads % 2 == 0 else args.heads} if args.preset == "tiny-llama" else {}
