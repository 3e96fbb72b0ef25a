"""Generation: the cache changes nothing, the seed decides, and what is sampled has the model's distribution."""

import numpy as np
import pytest

from minilora.nn import KeyValues, generate
from minilora.nn.generation import candidates, stream

LANGUAGE = {
    "gpt": ("tiny-gpt", {}),
    "llama": ("tiny-llama", {}),
    "llama, interleaved": ("tiny-llama", {"rope_interleaved": True}),
    "fused": ("tiny-gpt", {"fused_qkv": True}),
    "fused llama": ("tiny-llama", {"fused_qkv": True}),
    "bert": ("tiny-bert", {}),
}
prompt = np.array([[2, 5, 2], [6, 0, 6]])


@pytest.mark.parametrize("model", LANGUAGE)
@pytest.mark.parametrize("new", [1, 2, 5, 20])
def test_the_same_with_and_without_the_cache(small, model, new):
    """The block is 5 tokens, so 20 run far past it."""
    preset, fields = LANGUAGE[model]
    model = small(preset, **fields)
    for temperature in (0, 1.5):
        with_cache = generate(model, prompt, new, temperature, rng=3)
        assert np.array_equal(with_cache, generate(model, prompt, new, temperature, rng=3, use_cache=False))
        assert with_cache.shape == (2, 3 + new) and np.array_equal(with_cache[:, :3], prompt)


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama"])
@pytest.mark.parametrize("cut", [1, 2, 4])
def test_logits_with_kept_keys_equal_those_of_a_full_pass(small, preset, cut):
    ids = np.array([[2, 5, 2, 0, 1], [6, 0, 6, 6, 3]])
    model = small(preset)
    past = [KeyValues(5) for _ in model.blocks]
    parts = [model.forward(part, past=past) for part in (ids[:, :cut], ids[:, cut:])]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), model.forward(ids), rtol=1e-11, atol=1e-12)


def test_greedy_by_hand(small):
    model, ids = small("tiny-gpt"), prompt
    for _ in range(6):
        ids = np.concatenate([ids, model.forward(ids[:, -5:])[:, -1].argmax(axis=-1)[:, None]], axis=1)
    assert np.array_equal(generate(model, prompt, 6, temperature=0), ids)
    assert np.array_equal(generate(model, prompt, 6, top_k=1, rng=5), ids)
    assert np.array_equal(generate(model, prompt, 6, top_p=1e-9, rng=5), ids)


def test_the_seed_decides(small):
    model = small("tiny-gpt")
    texts = [generate(model, prompt, 15, rng=rng) for rng in (1, 1, np.random.default_rng(1), 2)]
    assert np.array_equal(texts[0], texts[1]) and np.array_equal(texts[0], texts[2])
    assert not np.array_equal(texts[0], texts[3])


def frequencies(model, n=4000, **how):
    """How often each token comes first after [2, 5], drawn n times at once."""
    return np.bincount(generate(model, np.array([[2, 5]] * n), 1, **how)[:, -1], minlength=7) / n


def softmax(z):
    E = np.exp(z - z.max())
    return E / E.sum()


def likely(frequency, P, n=4000):
    """Whether the counts are within the 99.9 % bound of chi-square with 6 degrees of freedom, and 0 where P is."""
    seen = P > 0
    return not frequency[~seen].any() and n * ((frequency[seen] - P[seen]) ** 2 / P[seen]).sum() < 22.5


def test_samples_have_the_models_distribution(small):
    model = small("tiny-gpt")
    logits = model.forward(np.array([[2, 5]]))[0, -1]
    for temperature in (0.5, 1.0, 3.0):
        assert likely(frequencies(model, temperature=temperature), softmax(logits / temperature))
    assert not likely(frequencies(model, temperature=0.5), softmax(logits))


def test_top_k_and_top_p_cut_the_tail(small):
    model = small("tiny-gpt")
    P = softmax(model.forward(np.array([[2, 5]]))[0, -1])
    order = P.argsort()[::-1]
    for k in (1, 2, 3, 7, 100):
        kept = np.zeros(7)
        kept[order[:k]] = P[order[:k]]
        assert likely(frequencies(model, top_k=k), kept / kept.sum())
    cumulative = P[order].cumsum()
    for count in (1, 2, 4):
        reach = (cumulative[count - 1] + (cumulative[count - 2] if count > 1 else 0)) / 2  # needs exactly `count` tokens
        kept = np.zeros(7)
        kept[order[:count]] = P[order[:count]]
        assert likely(frequencies(model, top_p=reach), kept / kept.sum())
        both = np.zeros(7)
        both[order[: min(2, count)]] = P[order[: min(2, count)]]
        assert likely(frequencies(model, top_p=reach, top_k=2), both / both.sum())
    assert np.array_equal(generate(model, prompt, 9, top_p=1.0), generate(model, prompt, 9))


def test_candidates_are_distributions_with_the_tail_cut_off():
    logits = np.log([[0.1, 0.4, 0.2, 0.3]])
    tokens, P = candidates(logits)
    assert tokens.tolist() == [[1, 3, 2, 0]]
    np.testing.assert_allclose(P, [[0.4, 0.3, 0.2, 0.1]])
    np.testing.assert_allclose(candidates(logits, top_k=3)[1], [[4 / 9, 3 / 9, 2 / 9, 0]])
    np.testing.assert_allclose(candidates(logits, top_p=0.65)[1], [[4 / 7, 3 / 7, 0, 0]])
    np.testing.assert_allclose(candidates(logits, top_k=1, top_p=0.65)[1], [[1, 0, 0, 0]])
    np.testing.assert_allclose(candidates(logits, temperature=0.5)[1], [[16 / 30, 9 / 30, 4 / 30, 1 / 30]])


def test_rows_are_drawn_apart(small):
    model = small("tiny-gpt")
    together = generate(model, np.repeat(prompt[:1], 50, axis=0), 5)
    assert len({tuple(row) for row in together.tolist()}) > 10


@pytest.mark.parametrize("dtype", ["uint8", "int32"])
def test_lists_and_small_integers(small, dtype):
    model = small("tiny-gpt")
    expected = generate(model, prompt, 4)
    assert np.array_equal(generate(model, prompt.tolist(), 4), expected)
    assert np.array_equal(generate(model, prompt.astype(dtype), 4), expected)


def test_nothing_new_and_a_prompt_longer_than_the_block(small):
    model = small("tiny-gpt")
    assert np.array_equal(generate(model, prompt, 0), prompt)
    long = np.tile(prompt, 4)
    text = generate(model, long, 3, temperature=0)
    assert np.array_equal(text[:, :12], long)
    assert np.array_equal(text[:, 12:], generate(model, long[:, -5:], 3, temperature=0)[:, 5:])


def test_settings_out_of_range_are_named(small):
    model = small("tiny-gpt")
    refused = {
        r"^temperature must be 0 or more, got -1$": {"temperature": -1},
        r"^temperature must be 0 or more, got nan$": {"temperature": float("nan")},
        r"^top_k must be at least 1, got 0$": {"top_k": 0},
        r"^top_p must be in \(0, 1\], got 0$": {"top_p": 0},
        r"^top_p must be in \(0, 1\], got 1.1$": {"top_p": 1.1},
        r"^max_new_tokens must be an integer of at least 0, got -1$": {"max_new_tokens": -1},
        r"^max_new_tokens must be an integer of at least 0, got 3.0$": {"max_new_tokens": 3.0},
        r"^rng must be an integer of at least 0 or a numpy Generator, got -1$": {"rng": -1},
    }
    for message, how in refused.items():
        with pytest.raises(ValueError, match=message):
            generate(model, prompt, **how)


def test_prompts_that_cannot_be(small):
    model = small("tiny-gpt")
    refused = {
        r"^ids must be integers \(N, T\), got int64 of shape \(3,\)$": prompt[0],
        r"^ids must be integers \(N, T\), got float64 of shape \(2, 3, 6\)$": np.zeros((2, 3, 6)),
        r"^the sequence has 0 tokens": np.zeros((2, 0), dtype=int),
        r"^token id 7 is outside the vocabulary": prompt + 1,
    }
    for message, ids in refused.items():
        with pytest.raises(ValueError, match=message):
            generate(model, ids, 2)
    assert model.training


def test_a_classifier_cannot_generate(small):
    with pytest.raises(ValueError, match="^generate needs a language model, this one is a classifier: n_classes is 3$"):
        generate(small("tiny-gpt", n_classes=3), prompt, 2)


def with_stops(model, ids, new, stop, **how):
    """By hand, row by row: the tokens up to the first of `stop`, which is then repeated; and as long as the longest row."""
    rows = []
    for row in generate(model, ids, new, **how)[:, ids.shape[1] :].tolist():
        end = next((j for j, i in enumerate(row) if i in stop), new - 1)
        rows.append((row[: end + 1], row[end]))
    longest = max(len(row) for row, _ in rows)
    return [row + [last] * (longest - len(row)) for row, last in rows]


@pytest.mark.parametrize("stop", [(), (0,), (3, 5), (1, 2, 4)])
@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama"])
def test_a_row_ends_where_it_stops(small, preset, stop):
    """Greedy, so that a row does not depend on what another one drew."""
    model, ids = small(preset), np.array([[2, 5, 2], [6, 0, 6], [1, 1, 4], [3, 0, 0]])
    for new in (1, 2, 12):
        text = generate(model, ids, new, temperature=0, stop=stop)
        assert text[:, :3].tolist() == ids.tolist()
        if not stop:
            assert text.shape == (4, 3 + new)
        # an ended row goes on with its last token, which changes nothing in the others
        assert text[:, 3:].tolist() == with_stops(model, ids, new, stop, temperature=0)


def test_stops_that_are_none(small):
    for wrong in (7, -1, 1.0, "a"):
        with pytest.raises(ValueError, match="stop must be ids from 0 to 6, got "):
            generate(small("tiny-gpt"), prompt, 2, stop=(1, wrong))


@pytest.mark.parametrize("temperature", [0, 1.5])
def test_a_stream_is_the_same_a_token_at_a_time(small, temperature):
    model = small("tiny-llama")
    whole = generate(model, prompt, 9, temperature, top_k=5, rng=4, stop=(2,))
    parts = list(stream(model, prompt, 9, temperature, top_k=5, rng=4, stop=(2,)))
    assert all(type(part) is np.ndarray and part.shape == (2,) for part in parts)
    assert np.array_equal(np.stack(parts, axis=1), whole[:, 3:])


def test_a_stream_makes_no_more_than_is_asked_for(small):
    model, calls = small("tiny-gpt").train(), []
    features = model.features
    model.features = lambda *args, **how: calls.append(len(calls)) or features(*args, **how)
    new = stream(model, prompt, 9)
    assert calls == [] and model.training
    next(new)
    assert calls == [0] and not model.training
    new.close()
    assert model.training
    with pytest.raises(ValueError, match="temperature must be 0 or more"):
        stream(model, prompt, temperature=-1)  # at the call, not at the first token


def test_only_the_last_position_reaches_the_head(small):
    """A prompt of a thousand tokens does not cost a thousand rows of logits."""
    model, shapes = small("tiny-gpt"), []
    forward = model.head.forward
    model.head.forward = lambda x: shapes.append(x.shape) or forward(x)
    generate(model, prompt, 4)
    assert shapes == [(2, 1, 6)] * 4


def test_the_cache_has_room_for_what_came_and_as_much_again():
    """SmolLM2's block is 8,192 tokens: arrays for all of it would take more memory than the weights."""
    rng = np.random.default_rng(0)
    kv, whole = KeyValues(10), rng.standard_normal((2, 3, 10, 4))
    for start, stop, room in ((0, 2, 4), (2, 3, 4), (3, 4, 4), (4, 5, 10), (5, 10, 10)):
        k, v = kv.extend(whole[:, :, start:stop], -whole[:, :, start:stop])
        assert np.array_equal(k, whole[:, :, :stop]) and np.array_equal(v, -whole[:, :, :stop])
        assert kv.k.shape == kv.v.shape == (2, 3, room, 4)
