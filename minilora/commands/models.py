"""minilora train, adapt, merge, generate, spectrum, trace"""

from pathlib import Path

from minilora import adapters as lora
from minilora import files, lowrank
from minilora.data import python_docs, standard_library, text_file
from minilora.experiments import analysis, runs
from minilora.experiments.demo import count
from minilora.nn import Transformer, TransformerConfig
from minilora.nn import generate as generate_ids

CODE_CHARACTERS = 1_000_000


def train(args):
    corpus = text_file(args.text) if args.text else python_docs()
    sizes = {"vocab_size": args.vocabulary} if args.tokenizer == "bpe" else {}
    tokenizer = runs.TOKENIZERS[args.tokenizer]().train(corpus.text, **sizes)
    config = TransformerConfig.preset(
        args.preset, vocab_size=tokenizer.vocab_size, block_size=args.block, n_layers=args.layers, n_heads=args.heads,
        d_model=args.width, dropout=args.dropout, **_grouped(args),
    )  # fmt: skip
    model = Transformer(config, rng=args.seed)
    print(f"{count(model):,} parameters, {corpus.name}: {len(corpus.text):,} characters, {tokenizer.vocab_size} tokens")
    _learn(model, tokenizer, corpus, args)
    runs.save_tokenizer(args.folder, tokenizer)
    print(f"saved in {args.folder}; try: minilora generate {args.folder}")


def adapt(args):
    model, tokenizer = runs.load_model(args.model), runs.load_tokenizer(args.model)
    corpus = text_file(args.text) if args.text else standard_library(CODE_CHARACTERS)
    if not args.full:
        spec = lora.LoRA(args.rank, args.alpha, args.dropout, args.bias)
        lora.inject(model, spec, args.targets or lora.ALL_LINEAR, rng=args.seed)
    learning = f"{count(model, trainable_only=True):,} of {count(model):,} parameters learn"
    print(f"{learning}, {corpus.name}: {len(corpus.text):,} characters")
    args.lr = args.lr or (1e-3 if args.full else 5e-3)
    _learn(model, tokenizer, corpus, args)
    if args.full:
        runs.save_tokenizer(args.folder, tokenizer)
        print(f"saved in {args.folder}; try: minilora generate {args.folder} --prompt 'def '")
    else:
        lora.save_adapter(model, args.folder)
        print(f"saved in {args.folder}; try: minilora generate {args.model} --adapter {args.folder} --prompt 'def '")


def merge(args):
    model, tokenizer = _load(args)
    lora.merge(model)
    lora.remove(model, "default")
    runs.save_run(args.folder, model, tokenizer)
    print(f"saved in {args.folder}; try: minilora generate {args.folder} --prompt 'def '")


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
    before = analysis.matrices(_other(model, args)) if args.against else {name: 0 * W for name, W in after.items()}
    if before.keys() != after.keys() or any(before[name].shape != after[name].shape for name in after):
        raise ValueError(f"{args.against} is a model of another shape than {args.model}")
    change = "  of the change: effective  90 % energy" if args.against else ""
    print(f"{'matrix':<20}{'shape':>12}{'largest':>10}{'stable':>9}{'effective':>11}{change}")
    rows = analysis.spectrum_rows(before, after)
    for row in rows:
        stable = lowrank.stable_rank(after[row["name"]])
        matrix = f"{row['name']:<20}{str(tuple(row['shape'])):>12}"
        ranks = f"{row['after'][0]:>10.3f}{stable:>9.1f}{row['effective_rank']:>11.1f}"
        print(matrix + ranks + (f"{row['change_effective_rank']:>26.1f}{row['change_energy_rank']:>13}" if args.against else ""))
    if args.picture:
        from minilora import plots

        labels = {"before_label": args.against, "after_label": args.model} if args.against else {"before_label": None}
        Path(args.picture).parent.mkdir(parents=True, exist_ok=True)
        plots.spectra(rows, **labels).savefig(args.picture)
        print(f"drawn in {args.picture}")


def trace(args):
    model, _ = _load(args)
    length = min(8, model.config.block_size)
    print(f"{'layer':<32}{'kind':<16}{'output for ids (1, ' + str(length) + ')':<28}{'own parameters':>14}")
    for name, kind, shape, parameters in model.trace([[0] * length]):
        print(f"{name:<32}{kind:<16}{str(shape):<28}{parameters or '':>14}")
    print(f"{count(model):,} parameters in all")


def _load(args):
    model, tokenizer = runs.load_model(args.model), runs.load_tokenizer(args.model)
    if getattr(args, "adapter", None):
        lora.load_adapter(model, args.adapter)
    return model.eval(), tokenizer


def _other(model, args):
    """The model to compare with. A run's weights before training follow from its seed."""
    if args.against == "init":
        return Transformer(model.config, rng=files.load_json(Path(args.model) / "run.json")["seed"])
    return runs.load_model(args.against)


def _learn(model, tokenizer, corpus, args):
    learning, held_out = runs.learning_and_held_out(tokenizer, corpus, model.config.block_size)
    trainer = runs.train(
        model, learning, {"held_out": held_out}, args.steps, lr=args.lr, batch_size=args.batch, rng=args.seed,
        folder=args.folder, evaluate_every=max(1, args.steps // 10),
    )  # fmt: skip
    files.save_json(Path(args.folder) / "run.json", {"seed": args.seed, "text": corpus.record()})
    evaluated = [row for row in trainer.history if "held_out" in row]
    if evaluated:
        print(f"step {evaluated[-1]['step']}: held-out loss {evaluated[-1]['held_out']:.3f} nats a token")


def _grouped(args):
    """tiny-llama shares key heads in pairs where the number of heads allows it."""
    return {"n_kv_heads": args.heads // 2 if args.heads % 2 == 0 else args.heads} if args.preset == "tiny-llama" else {}
