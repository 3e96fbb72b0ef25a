"""Article B: pre-training, masked or causal, then classification. Topics, full tuning, the same steps and batches.

    none       fresh weights
    causal     the arena's base: every position of its text was a target
    masked     an encoder pre-trained here on the same text: 15 % of the positions were targets
    none-left, causal-left    as none and causal, and each position sees only what is left of it, as when the base was trained

The first three are one architecture, in which each position sees all others. That is not what the base's weights were trained
for, so causal against none also asks whether full tuning gets over the change; causal-left against none-left asks only what the
base's training is worth. Masked against none is fair as it stands. Sizes, steps, batches, rate and the new head are the same in
all; the masked encoder's table has one row more. Not comparable: causal with masked. The base was trained longer
(Setting.base_steps against MASKED_STEPS), with seven times as many targets a step.
"""

from dataclasses import replace

from minilora.data import MaskedBatches
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.study import Study
from minilora.experiments.systems.tasks import HELD_OUT, QUICK_HELD_OUT, examples, judge, rows
from minilora.experiments.systems.transfer import classifier
from minilora.nn import Transformer
from minilora.training import AdamW

STEPS, QUICK_STEPS = 200, 10
MASKED_STEPS, QUICK_MASKED_STEPS = 800, 10
RATE = 1e-3
CASES = ("none", "causal", "masked", "none-left", "causal-left")


def pretraining(folder, seed, case, quick):
    """Accuracy and loss on the pieces that were held out. case: what the weights come from, and -left."""
    arena = Arena(folder)
    weights, _, left = case.partition("-")
    steps, masked_steps, n = (QUICK_STEPS, QUICK_MASKED_STEPS, QUICK_HELD_OUT) if quick else (STEPS, MASKED_STEPS, HELD_OUT)
    batches, held_out = rows(arena, "topics", seed, n)
    n_classes = len(examples("topics", arena.setting.block_size).classes)
    model = classifier(pretrained(arena, weights, seed, masked_steps), n_classes, seed, causal=bool(left))
    arena.train(model, AdamW(model.parameters(), lr=RATE), seed, steps, batches=batches)
    found = judge(model, held_out)
    return {"accuracy": found["score"], "loss": found["loss"]}


def pretrained(arena, weights, seed, masked_steps):
    """The language model that the classifier takes its values from. weights: "none", "causal" or "masked"."""
    base = arena.model()
    if weights == "causal":
        return base
    if weights == "none":
        return Transformer(base.config, seed)
    mask_id = base.config.vocab_size  # beside the vocabulary
    encoder = Transformer(replace(base.config, causal=False, vocab_size=mask_id + 1), seed)
    batches = MaskedBatches(arena.ids["base.train"], arena.setting.block_size, arena.setting.batch_size, mask_id, seed)
    arena.train(encoder, AdamW(encoder.parameters(), lr=arena.setting.base_rate), seed, masked_steps, batches=batches)
    return encoder


CONTESTANTS = ()
STUDIES = (Study("pretraining", "Topics after pre-training of each kind and of none", "B", pretraining, CASES),)
