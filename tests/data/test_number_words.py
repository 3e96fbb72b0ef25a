"""Number words: right in both languages, for every number, and split so that what is asked was never seen."""

import re

import numpy as np
import pytest

from minilora.data import DEMO_ALPHABET, number_words
from minilora.data.number_words import english, german

BY_HAND = {
    0: ("zero", "null"),
    1: ("one", "eins"),
    12: ("twelve", "zwoelf"),
    16: ("sixteen", "sechzehn"),
    17: ("seventeen", "siebzehn"),
    21: ("twenty-one", "einundzwanzig"),
    30: ("thirty", "dreissig"),
    66: ("sixty-six", "sechsundsechzig"),
    77: ("seventy-seven", "siebenundsiebzig"),
    100: ("one hundred", "einhundert"),
    101: ("one hundred and one", "einhunderteins"),
    123: ("one hundred and twenty-three", "einhundertdreiundzwanzig"),
    555: ("five hundred and fifty-five", "fuenfhundertfuenfundfuenfzig"),
    1000: ("one thousand", "eintausend"),
    1001: ("one thousand and one", "eintausendeins"),
    1099: ("one thousand and ninety-nine", "eintausendneunundneunzig"),
    1100: ("one thousand one hundred", "eintausendeinhundert"),
    9999: ("nine thousand nine hundred and ninety-nine", "neuntausendneunhundertneunundneunzig"),
}
ENGLISH_VALUES = {
    **{w: i for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())},
    **{"thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19},
    **{"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90},
}
GERMAN_VALUES = {
    **{"null": 0, "ein": 1, "eins": 1, "zwei": 2, "drei": 3, "vier": 4, "fuenf": 5, "sechs": 6},
    **{"sieben": 7, "acht": 8, "neun": 9},
    **{"zehn": 10, "elf": 11, "zwoelf": 12, "sechzehn": 16, "siebzehn": 17, "zwanzig": 20, "dreissig": 30},
    **{"vierzig": 40, "fuenfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80, "neunzig": 90},
    **{f"{unit}zehn": value for unit, value in (("drei", 13), ("vier", 14), ("fuenf", 15), ("acht", 18), ("neun", 19))},
}


def value_in_english(words):
    total = part = 0
    for word in re.split("[ -]", words):
        if word == "thousand":
            total, part = total + 1000 * part, 0
        elif word == "hundred":
            part *= 100
        elif word != "and":
            part += ENGLISH_VALUES[word]
    return total + part


def value_in_german(word):
    form = r"(?:(?P<thousands>\w+?)tausend)?(?:(?P<hundreds>\w+?)hundert)?(?:(?P<units>\w+?)und(?!ert))?(?P<rest>\w+)?"
    found = re.fullmatch(form, word).groupdict()
    weights = {"thousands": 1000, "hundreds": 100, "units": 1, "rest": 1}
    return sum(weight * GERMAN_VALUES[found[name]] for name, weight in weights.items() if found[name])


def test_words_by_hand():
    assert {n: (english(n), german(n)) for n in BY_HAND} == BY_HAND


def test_words_read_back_are_the_number():
    for n in range(10_000):
        assert value_in_english(english(n)) == n
        assert value_in_german(german(n)) == n
    assert len({english(n) for n in range(10_000)}) == len({german(n) for n in range(10_000)}) == 10_000


def test_held_out_numbers_are_unseen_and_the_same_in_each_language():
    tasks = [number_words(language) for language in ("english", "german")]
    for task, rule in zip(tasks, (english, german), strict=True):
        numbers = [[int(prompt.removesuffix(">")) for prompt, _ in part] for part in (task.train, task.held_out)]
        assert sorted(numbers[0] + numbers[1]) == list(range(1000))
        assert len(numbers[1]) == 90 and min(numbers[1]) >= 100
        assert all((f"{n}>", f"{rule(n)}\n") in part for n, part in ((7, task.train), (numbers[1][0], task.held_out)))
    assert [p for p, _ in tasks[0].held_out] == [p for p, _ in tasks[1].held_out]
    assert [p for p, _ in number_words(rng=1).held_out] != [p for p, _ in tasks[0].held_out]
    assert tasks[0] == number_words(rng=np.random.default_rng(0)) != tasks[1]


def test_pairs_fit_the_block_and_the_alphabet():
    for language in ("english", "german"):
        task = number_words(language, highest=9999)
        assert max(len(prompt + answer) for prompt, answer in task.train + task.held_out) <= 52
        assert {c for pair in task.train for part in pair for c in part} <= {*DEMO_ALPHABET}


def test_what_cannot_be():
    with pytest.raises(ValueError, match="language must be one of english, german, got 'french'"):
        number_words("french")
    for highest in (198, 10_000):
        with pytest.raises(ValueError, match=f"highest must be from 199 to 9999, got {highest}"):
            number_words(highest=highest)
    assert len(number_words(highest=199).held_out) == 10
    for rule in (english, german):
        for n in (-1, 10_000):
            with pytest.raises(ValueError, match=f"n must be from 0 to 9999, got {n}"):
                rule(n)
