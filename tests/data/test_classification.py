"""Classification: padding on the right, which no pooling but `cls` minds, and batches whose three parts belong together."""

import json
from itertools import islice

import numpy as np
import pytest

from minilora.data import CharTokenizer, ClassificationBatches, classification_rows, text_rows

TEXTS = ("abcd", "b", "dc", "aabb", "c", "dd")
TOKENIZER = CharTokenizer().train("abcd")


def batches(rng=5, batch_size=4):
    ids, mask = text_rows(TEXTS, TOKENIZER, 5)
    return ClassificationBatches(ids, np.arange(6), mask, batch_size, rng)


def test_texts_are_padded_on_the_right_to_the_longest():
    ids, mask = text_rows(TEXTS, TOKENIZER, 5)
    assert ids.shape == mask.shape == (6, 4) and ids.dtype == np.int64 and mask.dtype == bool
    for text, row, real in zip(TEXTS, ids, mask, strict=True):
        assert real.tolist() == [t < len(text) for t in range(4)]
        assert TOKENIZER.decode(row[real]) == text


def test_a_batch_is_ids_labels_and_mask_of_the_same_texts():
    for ids, labels, mask in islice(batches(), 20):
        assert [TOKENIZER.decode(row[real]) for row, real in zip(ids, mask, strict=True)] == [TEXTS[label] for label in labels]


def test_the_stream_resumes():
    stream = batches()
    list(islice(stream, 3))
    state = json.loads(json.dumps(stream.state()))
    expected = list(islice(stream, 4))
    resumed = batches(rng=99)
    resumed.load_state(state)
    for batch, other in zip(islice(resumed, 4), expected, strict=True):
        for part, other_part in zip(batch, other, strict=True):
            np.testing.assert_array_equal(part, other_part)


@pytest.mark.parametrize("pool", ["last", "mean"])
def test_padding_changes_nothing_for_last_and_mean(small, pool):
    model = small(n_classes=3, pool=pool)
    ids, mask = text_rows(TEXTS, TOKENIZER, 5)
    padded = model.forward(ids, mask)
    for row, real, logits in zip(ids, mask, padded, strict=True):
        np.testing.assert_allclose(model.forward(row[real][None])[0], logits, rtol=1e-12)


def test_under_a_causal_mask_cls_has_seen_one_token(small):
    ids, mask = text_rows(("abcd", "adcb"), TOKENIZER, 5)
    for pool, alike in (("cls", True), ("last", False), ("mean", False)):
        one, other = small(n_classes=3, pool=pool).forward(ids, mask)
        assert np.allclose(one, other) == alike


def test_a_batch_is_what_the_models_loss_takes(small):
    model = small(n_classes=6)
    assert model.loss(*next(batches())) > 0
    vectors = np.random.default_rng(0).standard_normal((6, 4, 6))
    assert model.loss(*next(ClassificationBatches(vectors, np.arange(6), None, 4, 0))) > 0


def test_without_a_mask_all_is_real():
    ids, labels, mask = classification_rows([[1, 2], [3, 0]], [1, 0])
    assert mask.all() and mask.shape == ids.shape == (2, 2) and labels.shape == (2,)


def test_texts_and_arrays_that_cannot_be():
    with pytest.raises(ValueError, match="1 to block_size=3 tokens, number 0 has 4"):
        text_rows(TEXTS, TOKENIZER, 3)
    with pytest.raises(ValueError, match="number 1 has 0"):
        text_rows(("a", ""), TOKENIZER, 3)
    with pytest.raises(ValueError, match="at least one text"):
        text_rows((), TOKENIZER, 3)
    ids, mask = text_rows(TEXTS, TOKENIZER, 5)
    wrong = {
        r"ids must be integers \(M, T\)": (ids * 1.0, range(6), mask),
        "ids must be": (ids[0], range(6), mask),
        r"labels must be integers \(M,\)": (ids, np.arange(6) * 1.0, mask),
        "labels must be": (ids, np.eye(6, dtype=int), mask),
        r"mask must be booleans \(6, 4\)": (ids, range(6), mask[:, :3]),
        "mask must be": (ids, range(6), mask * 1.0),
        "same number of rows": (ids, range(5), mask),
    }
    for message, arrays in wrong.items():
        with pytest.raises(ValueError, match=message):
            ClassificationBatches(*arrays, 4, 0)
