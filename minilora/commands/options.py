"""Options that several commands have."""

import argparse


def at_least(least):
    def integer(text):
        if (number := int(text)) < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}, got {number}")
        return number

    return integer


def model(sub, default=None):
    sub.add_argument("place", nargs="?", metavar="RUN", help="the folder of a trained model, or what --model takes")
    known = "smollm2 or another fetched one, a .gguf file, or a Hugging Face folder"
    sub.add_argument("--model", metavar="NAME", help=known + (f" (default: {default})" if default else ""))
    sub.set_defaults(default_model=default)


def quantised(sub):
    sub.add_argument("--quantised", action="store_true", help="hold the weights in few bits: less memory, more time")


def adapter(sub):
    sub.add_argument("--adapter", metavar="FOLDER", help="an adapter to use with it")


def folder(sub, default):
    sub.add_argument("--folder", default=default, help=f"where the results go (default: {default})")


def jobs(sub):
    sub.add_argument("--jobs", type=int, default=-1, metavar="N", help="processes at a time; -1 is one a core (default: -1)")
    sub.add_argument("--parallel", metavar="NAME", help="a joblib backend, such as loky, threading or dask (default: loky)")


def reports(sub):
    sub.add_argument("--json", action="store_true", help="print the result as JSON")
    sub.add_argument("--html", metavar="PAGE", help="also write a page, with a picture of each wrong gradient")


def seed(sub):
    sub.add_argument("--seed", type=at_least(0), default=0, help="(default: 0)")


def training(sub, steps=None, batch=None, lr=None):
    """Without a default, that of a run and that of a real model are told apart when the model is known."""
    steps_said, batch_said = steps or "400, or 40 for a real model", batch or "24, or 1 for a real model"
    sub.add_argument("--steps", type=at_least(1), default=steps, help=f"(default: {steps_said})")
    sub.add_argument(
        "--batch", type=at_least(1), default=batch, metavar="N", help=f"sequences a step (default: {batch_said})"
    )
    rates = lr or "5e-3 for LoRA, 1e-3 with --full; 2e-3 and 5e-5 for a real model"
    sub.add_argument("--lr", type=float, default=lr, help=f"learning rate (default: {rates})")
    seed(sub)
