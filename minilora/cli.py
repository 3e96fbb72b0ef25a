"""The command line: `minilora COMMAND --help` shows each command with an example that runs."""

import argparse
import sys
import warnings
from importlib import import_module

from minilora.commands import options

BASE = "runs/base"


def main(argv=None):
    """Run one command. Exit code 0; 1 where a check says no; 2 with one line on stderr for bad input; 130 after Ctrl-C."""
    args = parser().parse_args(argv)
    warnings.showwarning = _one_line
    try:
        from minilora import backend  # not above: MINILORA_BACKEND may ask for what cannot be had

        if args.backend:
            backend.use(args.backend)
        backend.tune_memory()
        if hasattr(args, "place"):
            args.model = _one_model(args)
        module, function = args.run
        return getattr(import_module(f"minilora.commands.{module}"), function)(args) or 0
    except KeyboardInterrupt:
        way_on = f"; the same command again goes on from {args.folder}" if args.resumes else ""
        print(f"minilora: stopped{way_on}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, such as head, has seen enough
        sys.stdout = None
        return 0
    except Exception as error:
        if not _is_users(error):
            raise
        print(f"minilora: {' '.join(str(error).split())}", file=sys.stderr)
        return 2


def _one_model(args):
    """The model that was named, in one of the two ways. ValueError for both, and for neither where there is no default."""
    if args.place and args.model:
        raise ValueError(f"two models are named, {args.place} and --model {args.model}: leave one of them out")
    if not (named := args.place or args.model or args.default_model):
        raise ValueError(f"no model is named: give the folder of a run, as in minilora {args.command} {BASE}, or --model smollm2")
    return named


def _one_line(message, category, filename, lineno, file=None, line=None):
    print(f"minilora: note: {message}", file=sys.stderr)


def _is_users(error):
    """Whether an error is about what was asked for, not a defect here: those say what to do and need no traceback."""
    if isinstance(error, (ValueError, OSError)):
        return True
    from minilora.training import TrainingError

    return isinstance(error, TrainingError)


def parser():
    """The argument parser, all commands included."""
    top = argparse.ArgumentParser(prog="minilora", description="Learn, read and verify the mathematics of LoRA.")
    top.add_argument("--backend", choices=("numpy", "cupy", "auto"), help="where arrays live (default: numpy)")
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    def command(name, module, about, example):
        sub = commands.add_parser(name, help=about, description=about, epilog=f"example: {example}")
        resumes = name in ("demo", "train", "adapt", "systems", "lowrank", "topics", "grade")
        sub.set_defaults(run=(module, name), command=name, resumes=resumes)
        return sub

    sub = command("demo", "stories", "verify, train, analyse, adapt, compare: the whole story", "minilora demo --quick")
    sub.add_argument("--quick", action="store_true", help="a smaller run, under 45 seconds")
    sub.add_argument("--text", metavar="FILE", help="base text (default: the Python documentation)")
    sub.add_argument("--target", metavar="FILE", help="text to adapt to (default: the standard library's code)")
    options.folder(sub, "runs/demo")
    options.seed(sub)

    sub = command("verify", "checks", "check registered formulas against numeric gradients", "minilora verify attention lora")
    sub.add_argument("ops", nargs="*", metavar="OP", help="names of ops (default: all)")
    sub.add_argument("--models", action="store_true", help="whole models instead, one of each preset")
    sub.add_argument("--methods", action="store_true", help="a model with each method of the family in it")
    options.reports(sub)
    options.seed(sub)

    sub = command(
        "gradcheck", "checks", "check name_forward / name_backward / name_inputs() of your own file",
        "minilora gradcheck exercises/solutions/02a_linear.py",
    )  # fmt: skip
    sub.add_argument("file", metavar="FILE.py", help="a Python file; it is run")
    sub.add_argument("--rtol", type=float, default=1e-6, help="the largest relative error that passes (default: 1e-6)")
    options.reports(sub)
    options.seed(sub)

    sub = command("train", "models", "train a tiny language model on a text", "minilora train --steps 300")
    sub.add_argument("--text", metavar="FILE", help="the text (default: the Python documentation)")
    sub.add_argument("--preset", choices=("tiny-gpt", "tiny-llama"), default="tiny-gpt", help="(default: tiny-gpt)")
    sub.add_argument("--tokenizer", choices=("char", "bpe"), default="bpe", help="(default: bpe, which takes any character)")
    sub.add_argument("--vocabulary", type=int, default=512, metavar="V", help="size of the bpe vocabulary (default: 512)")
    sub.add_argument("--block", type=int, default=64, metavar="T", help="longest sequence (default: 64)")
    sub.add_argument("--layers", type=int, default=4, metavar="L", help="(default: 4)")
    sub.add_argument("--width", type=int, default=128, metavar="C", help="(default: 128)")
    sub.add_argument("--heads", type=int, default=4, metavar="H", help="(default: 4)")
    sub.add_argument("--dropout", type=float, default=0.0, metavar="P", help="(default: 0)")
    options.folder(sub, BASE)
    options.training(sub, steps=1500, batch=24, lr=2e-3)

    sub = command("adapt", "models", "adapt a trained model to another text by LoRA", f"minilora adapt {BASE} --steps 100")
    options.model(sub)
    sub.add_argument("--text", metavar="FILE", help="the text (default: the standard library's code)")
    options.quantised(sub)
    sub.add_argument("--full", action="store_true", help="full tuning instead of an adapter")
    sub.add_argument(
        "--method", metavar="NAME",
        help="one of `minilora family` that hangs in a layer (default: lora). AdamW trains all but two: lora-fa has LoRAFAAdamW,"
        " and adalora AdaLoRAAdamW, whose budget falls to half the rank between a fifth and four fifths of the steps",
    )  # fmt: skip
    sub.add_argument("--rank", type=int, metavar="R", help="(default: 8 for LoRA)")
    sub.add_argument("--alpha", type=float, help="the scale is alpha / rank for LoRA (default: 16)")
    sub.add_argument("--targets", nargs="+", metavar="NAME", help="(default: all in the blocks; attn.q attn.v for a real model)")
    sub.add_argument("--dropout", type=float, metavar="P", help="on the input of A (default: 0)")
    sub.add_argument("--bias", choices=("none", "all", "lora_only"), help="which biases learn (default: none)")
    options.folder(sub, "runs/adapter")
    sub.add_argument("--block", type=options.at_least(1), metavar="T", help="tokens in a sequence (default: at most 256)")
    options.training(sub)

    sub = command("merge", "models", "add an adapter to the weights for good", f"minilora merge {BASE} runs/adapter")
    options.model(sub)
    sub.add_argument("adapter", help="its folder, ours or PEFT's; what qlora holds in 4 bits is dequantised first")
    options.folder(sub, "runs/merged")

    sub = command(
        "export", "models", "write an adapter as PEFT reads it", f"minilora export {BASE} runs/adapter --folder runs/peft"
    )
    options.model(sub)
    sub.add_argument("adapter", help="its folder, as `minilora adapt` writes it")
    options.folder(sub, "runs/peft")

    sub = command("generate", "models", "continue a text", f"minilora generate {BASE} --prompt 'The value of' --tokens 100")
    options.model(sub)
    options.adapter(sub)
    options.quantised(sub)
    sub.add_argument("--prompt", default="The ", help="(default: 'The ')")
    sub.add_argument("--tokens", type=int, default=200, metavar="N", help="how many to add (default: 200)")
    sub.add_argument("--temperature", type=float, default=0.8, help="0 takes the likeliest token (default: 0.8)")
    sub.add_argument("--top-k", type=int, metavar="K", help="only the K likeliest tokens")
    sub.add_argument("--top-p", type=float, metavar="P", help="only the likeliest tokens up to probability P")
    options.seed(sub)

    sub = command("fetch", "fetching", "bring a real model into the cache", "minilora fetch smollm2")
    sub.add_argument("names", nargs="*", metavar="NAME", help="such as smollm2 or minilm (default: a table of all)")

    sub = command("chat", "chat", "talk with a model that was taught to", "minilora chat --prompt 'What is a matrix?'")
    options.model(sub, default="smollm2")
    options.adapter(sub)
    options.quantised(sub)
    sub.add_argument("--prompt", metavar="TEXT", help="one answer to this, and no more (default: a conversation)")
    sub.add_argument("--system", metavar="TEXT", help="what the model is told about its part (default: its own)")
    sub.add_argument("--tokens", type=options.at_least(1), default=512, metavar="N", help="longest answer (default: 512)")
    sub.add_argument("--temperature", type=float, default=0.2, help="0 takes the likeliest token (default: 0.2)")
    sub.add_argument("--top-p", type=float, default=0.9, metavar="P", help="likeliest tokens up to probability P (default: 0.9)")
    options.seed(sub)

    sub = command("spectrum", "models", "the singular values of a model's matrices", f"minilora spectrum {BASE} --against init")
    options.model(sub)
    options.adapter(sub)
    sub.add_argument("--against", metavar="RUN", help="another run, or 'init' for the weights before training")
    sub.add_argument("--picture", metavar="FILE", help="also draw the spectra, as PNG, SVG or PDF")

    sub = command(
        "lowrank", "analyses", "the analyses of low rank: spectra, truncation, subspaces, ...", "minilora lowrank spectra --quick"
    )
    sub.add_argument("names", nargs="*", metavar="NAME", help="analyses (default: all; a wrong name lists them)")
    sub.add_argument("--quick", action="store_true", help="smaller runs, under 2 minutes")
    options.jobs(sub)
    options.folder(sub, "runs/lowrank")
    options.seed(sub)

    sub = command("trace", "models", "shapes and parameters, layer by layer", f"minilora trace {BASE}")
    options.model(sub)
    options.adapter(sub)

    sub = command(
        "systems", "systems", "five systems that articles call LoRA, and their neighbours", "minilora systems B --quick",
    )  # fmt: skip
    sub.add_argument("which", choices=(*"ABCDE", "compare", "show"), help="an article, all, or a result as Markdown")
    sub.add_argument("--quick", action="store_true", help="a rehearsal, under 3 minutes: too few steps for a verdict")
    sub.add_argument("--seeds", type=options.at_least(1), metavar="N", help="runs of each contestant (default: 3)")
    options.jobs(sub)
    options.folder(sub, "runs/systems")

    sub = command("topics", "topics", "an encoder learns the topics of code: before LoRA, and after", "minilora topics --quick")
    options.model(sub, default="minilm")
    sub.add_argument(
        "--method", nargs="+", choices=("lora", "rslora", "dora", "full"), default=["lora"], help="what learns (default: lora)"
    )
    sub.add_argument("--quick", action="store_true", help="a rehearsal, under a minute")
    sub.add_argument("--seeds", type=options.at_least(1), metavar="N", help="runs of each (default: 3)")
    options.jobs(sub)
    options.folder(sub, "runs/topics")

    sub = command("family", "family", "LoRA and its family in one table: formula, start, size, cost", "minilora family")
    sub.add_argument("--markdown", action="store_true", help="as the README has it")

    sub = command("info", "checks", "versions, backend, threads; or what a folder holds", "minilora info")
    sub.add_argument("folder", nargs="?", metavar="NAME", help="a run, an adapter, or a real model such as smollm2")

    sub = command("exercise", "exercises", "start, check, hint and solution of the exercises", "minilora exercise start 02")
    sub.add_argument("action", choices=("list", "start", "check", "hint", "solution"), help="what to do")
    sub.add_argument("number", nargs="?", help="such as 02 or 02a")
    sub.add_argument("--folder", default="my_exercises", help="where your answers are (default: my_exercises)")
    sub.add_argument("--force", action="store_true", help="start: replace an answer that is there")

    sub = command("explain", "exercises", "a formula: derivation, code, check, exercise, lesson", "minilora explain linear:B2")
    sub.add_argument("tag", nargs="?", help="such as linear:B2; or linear, for all in a file (default: a table of all)")

    sub = command("grade", "grading", "grade a folder of submissions, a folder a student", "minilora grade submissions")
    sub.add_argument("submissions", metavar="FOLDER", help="holds a folder for each student, with files named as the stubs are")
    sub.add_argument("--weights", metavar="FILE", help="TOML: [weights] 02a = 2 ... (default: a point for each handed in)")
    sub.add_argument("--seconds", type=options.at_least(1), default=60, metavar="S", help="for each answer (default: 60)")
    sub.add_argument("--jobs", type=int, default=-1, metavar="N", help="answers at a time; -1 is one a core (default: -1)")
    sub.add_argument("--seed", type=options.at_least(0), help="of the inputs (default: drawn, and kept in the folder)")
    options.folder(sub, "runs/grades")
    return top


if __name__ == "__main__":
    sys.exit(main())
