"""Five tasks in miniature, each by four ways to adapt one base: what the articles say that low rank is good for.

    topics          classify: which package is this piece of code from?          score: accuracy
    number-words    translate: "21>" into German words                           score: exact match
    questions       answer: what is the default of this argument?                score: exact match
    summaries       summarise, down to a name: the sentence that documents it    score: exact match
    images          classify: handwritten digits, patches for tokens             score: accuracy

    frozen     only what is new learns: the head, and of images the map of the patches; of prompts nothing, the base as it is
    full       every parameter          lora     LoRA on every matrix of the blocks, and what is new
                                        b-split  article B's V^T of every matrix of the blocks, and what is new

All take the same steps of AdamW on the same batches, at one rate for each method, found by trial on other parts of topics,
images and numbers in English words. The parts are the same with every seed: a seed draws what is new, and the batches.
"""

from functools import cache
from importlib.util import find_spec

import numpy as np

from minilora import backend, data
from minilora.adapters import LoRA, inject
from minilora.data import IGNORE, ClassificationBatches, PromptBatches, accuracy, evaluation_rows, exact_match
from minilora.experiments.runs import count, load_tokenizer
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.study import Study
from minilora.experiments.systems.svd_split import SVDSplit
from minilora.experiments.systems.transfer import PatchReader, classifier
from minilora.ops.cross_entropy import cross_entropy_forward
from minilora.training import AdamW

STEPS, QUICK_STEPS = 300, 10
HELD_OUT, QUICK_HELD_OUT = 1000, 40  # at most so many examples to be judged on
RATES = {"frozen": 3e-2, "full": 2e-3, "lora": 1e-2, "b-split": 3e-3}
TASKS = {
    "topics": lambda T: data.topics(max_chars=T),
    "number-words": lambda T: data.number_words("german"),
    "questions": lambda T: data.questions(max_chars=T, held_out=0.2),
    "summaries": lambda T: data.summaries(max_chars=T),
    "images": lambda T: data.digits(),
}
HERE = tuple(name for name in TASKS if name != "images" or find_spec("sklearn"))
examples = cache(lambda name, T: TASKS[name](T))  # a process that runs several cases reads the library once


def task_score(folder, seed, case, quick):
    """Score and loss on what was held out, and how many values were trained. case: "TASK/METHOD"."""
    arena = Arena(folder)
    task, method = case.split("/")
    batches, held_out = rows(arena, task, seed, QUICK_HELD_OUT if quick else HELD_OUT)
    model = reader(arena, examples(task, arena.setting.block_size), seed)
    choose_what_learns(model, method, arena.setting.rank, seed)
    trained = count(model, trainable_only=True)
    if trained:
        optimizer = AdamW(model.parameters(), lr=RATES[method])
        arena.train(model, optimizer, seed, QUICK_STEPS if quick else STEPS, batches=batches)
    return judge(model, held_out) | {"trained_values": trained}


def rows(arena, name, seed, n_held_out):
    """(batches to learn from, batches to be judged on) of a task: tuples for model.loss."""
    N, T = arena.setting.batch_size, arena.setting.block_size
    task, tokenizer = examples(name, T), load_tokenizer(arena.folder)
    held_out = task.held_out[:n_held_out]
    if not task.classes:
        return PromptBatches(task.train, tokenizer, T, N, seed), evaluation_rows(data.prompt_rows(held_out, tokenizer, T))
    learning, judged = (labelled(part, tokenizer, T) for part in (task.train, held_out))
    return ClassificationBatches(*learning, N, seed), evaluation_rows(judged)


def labelled(pairs, tokenizer, T):
    """(ids or patches, labels, mask) of pairs (text or patches, label)."""
    inputs, labels = zip(*pairs, strict=True)
    if not isinstance(inputs[0], str):
        return data.classification_rows(np.stack(inputs), labels)
    ids, mask = data.text_rows(inputs, tokenizer, T)
    return data.classification_rows(ids, labels, mask)


def reader(arena, task, seed):
    """The base with what a task needs beside it: nothing for prompts, a head for classes, a map for patches."""
    if not task.classes:
        return arena.model()
    model = classifier(arena.model(), len(task.classes), seed)
    example = task.train[0][0]
    return model if isinstance(example, str) else PatchReader(model, example.shape[-1], seed)


def choose_what_learns(model, method, rank, seed):
    """Freeze what the method freezes, hang in what it adds; what is new in the model always learns."""
    transformer = model.transformer if isinstance(model, PatchReader) else model
    new = [p for p in model.parameters() if p.name.split(".")[-2] in ("head", "patches")]
    if method == "lora":
        inject(transformer, LoRA(r=rank, alpha=2 * rank), rng=seed)
    elif method == "b-split":
        inject(transformer, SVDSplit(), rng=seed)
    elif method == "frozen":
        for parameter in model.parameters():
            parameter.trainable = False
    for parameter in new:
        parameter.trainable = True


def judge(model, held_out):
    """{"score", "loss"}: the share of the rows that are right, and nats for each label or token of an answer."""
    model.eval()
    n_rows = n_targets = right = total = 0
    for inputs, targets, mask in held_out:
        score, asked = accuracy if targets.ndim == 1 else exact_match, int((targets != IGNORE).sum())
        logits = model.forward(inputs, mask)
        right += score(logits, targets) * len(targets)
        total += backend.item(cross_entropy_forward(logits, targets)[0]) * asked
        n_rows, n_targets = n_rows + len(targets), n_targets + asked
    return {"score": right / n_rows, "loss": total / n_targets}


CASES = tuple(f"{task}/{method}" for task in HERE for method in RATES)
CONTESTANTS = ()
STUDIES = (Study("tasks", f"Five tasks in miniature, {STEPS} steps each", "", task_score, CASES),)
