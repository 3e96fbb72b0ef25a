"""Prompts: only the answer is asked, and one forward pass tells what generation would write."""

import json
from itertools import islice

import numpy as np
import pytest

from minilora.data import CharTokenizer, PromptBatches, evaluation_rows, exact_match, prompt_rows
from minilora.nn import generate

PAIRS = [("a>", "bc\n"), ("bb>", "a\n"), ("c>", "\n")]
TOKENIZER = CharTokenizer().train("abc>\n")


def test_a_row_asks_for_the_answer_and_nothing_else():
    inputs, targets, mask = prompt_rows(PAIRS, TOKENIZER, 5)
    assert inputs.shape == targets.shape == mask.shape == (3, 4)  # the longest: 5 characters, one less
    for (prompt, answer), row, target, real in zip(PAIRS, inputs, targets, mask, strict=True):
        text = prompt + answer
        assert TOKENIZER.decode(row[real]) == text[:-1]
        asked = np.flatnonzero(target != -100)
        assert asked.tolist() == list(range(len(prompt) - 1, len(text) - 1))
        assert TOKENIZER.decode(target[asked]) == answer
        assert real.sum() == len(text) - 1 and real[: len(text) - 1].all()


def test_the_loss_is_that_of_the_answers_alone(small):
    """Against each pair by itself, without padding: the mean over all tokens asked for."""
    model = small(vocab_size=5)
    total = count = 0
    for prompt, answer in PAIRS:
        ids = TOKENIZER.encode(prompt + answer)
        logits = model.forward([ids[:-1]])[0, len(prompt) - 1 :]
        logP = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        total -= logP[np.arange(len(answer)), ids[len(prompt) :]].sum()
        count += len(answer)
    np.testing.assert_allclose(model.loss(*prompt_rows(PAIRS, TOKENIZER, 5)), total / count, rtol=1e-12)


def test_exact_match_is_what_generation_at_temperature_0_would_write(small):
    """Over models and prompts of every kind: some answers right, some wrong, by the model's own choice."""
    right = 0
    for seed in range(6):
        model = small(vocab_size=5, rng=seed)
        for name, p in model.named_parameters():
            p.data = np.random.default_rng(seed).standard_normal(p.data.shape) * 0.6 + ("gamma" in name)
        for prompt in ("a>", "cb>", "b"):
            written = TOKENIZER.decode(generate(model, [TOKENIZER.encode(prompt)], 2, temperature=0)[0, len(prompt) :])
            for answer in (written, written[::-1], "a\n", "bc"):
                inputs, targets, mask = prompt_rows([(prompt, answer)], TOKENIZER, 5)
                match = exact_match(model.forward(inputs, mask), targets)
                assert match == (written == answer)
                right += match
    assert 18 <= right < 60


def test_batches_are_pairs_and_resume():
    def build(rng):
        return PromptBatches(PAIRS, TOKENIZER, 5, 4, rng)

    stream = build(0)
    for inputs, targets, mask in islice(stream, 10):
        for row, target, real in zip(inputs, targets, mask, strict=True):
            answer = TOKENIZER.decode(target[target != -100])
            text = TOKENIZER.decode(row[real]) + answer[-1]
            assert (text.removesuffix(answer), answer) in PAIRS
    state = json.loads(json.dumps(stream.state()))
    expected, resumed = next(stream), build(1)
    resumed.load_state(state)
    for part, other in zip(next(resumed), expected, strict=True):
        np.testing.assert_array_equal(part, other)
    with pytest.raises(ValueError, match="build them as they were"):
        PromptBatches(PAIRS[::-1], TOKENIZER, 5, 4, 0).load_state(state)


def test_evaluation_goes_through_all_pairs(small):
    rows = prompt_rows(PAIRS, TOKENIZER, 5)
    model = small(vocab_size=5)
    batches = evaluation_rows(rows, 2)
    matches = sum(exact_match(model.forward(inputs, mask), targets) * len(inputs) for inputs, targets, mask in batches)
    assert matches / 3 == exact_match(model.forward(rows[0], rows[2]), rows[1])


def test_pairs_that_cannot_be():
    for pair in (("", "a"), ("a", "")):
        with pytest.raises(ValueError, match="prompt and answer must not be empty, number 1 has"):
            prompt_rows([("a", "b"), pair], TOKENIZER, 5)
    prompt_rows([("abc", "abc")], TOKENIZER, 5)  # six tokens: five inputs
    with pytest.raises(ValueError, match="block_size=5 tokens, number 0 has 6"):
        prompt_rows([("abc", "abca")], TOKENIZER, 5)
