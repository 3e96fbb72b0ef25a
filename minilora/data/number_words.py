"""Numbers in words by our own rules, English and German: a language to learn, and another to adapt to, with exact answers.

German puts the units before the tens, "einundzwanzig" for 21, and writes all as one word. Its letters outside the alphabet are
spelled as usual without them: ae, oe, ue, ss ("fuenf", "zwoelf", "dreissig").
"""

from minilora.data.folds import hold_out
from minilora.data.task import Task

LOWEST_HELD_OUT, HIGHEST = 100, 9999
ENGLISH = "zero one two three four five six seven eight nine ten".split()
ENGLISH += "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
GERMAN = "null eins zwei drei vier fuenf sechs sieben acht neun zehn".split()
GERMAN += "elf zwoelf dreizehn vierzehn fuenfzehn sechzehn siebzehn achtzehn neunzehn".split()
GERMAN_TENS = "zwanzig dreissig vierzig fuenfzig sechzig siebzig achtzig neunzig".split()


def english(n):
    """n from 0 to 9999 in English words: "one thousand two hundred and five"."""
    _require_in_range(n)
    if n < 20:
        return ENGLISH[n]
    if n < 100:
        return ENGLISH_TENS[n // 10 - 2] + (f"-{ENGLISH[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{ENGLISH[n // 100]} hundred" + (f" and {english(n % 100)}" if n % 100 else "")
    rest = n % 1000
    return f"{ENGLISH[n // 1000]} thousand" + (f" {'and ' if rest < 100 else ''}{english(rest)}" if rest else "")


def german(n):
    """n from 0 to 9999 in German words: "eintausendzweihundertfuenf"."""
    _require_in_range(n)
    if n < 20:
        return GERMAN[n]
    if n < 100:
        return (f"{_before(n % 10)}und" if n % 10 else "") + GERMAN_TENS[n // 10 - 2]
    word, unit = ("hundert", 100) if n < 1000 else ("tausend", 1000)
    return f"{_before(n // unit)}{word}" + (german(n % unit) if n % unit else "")


RULES = {"english": english, "german": german}


def number_words(language="english", highest=999, held_out=0.1, rng=0):
    """A Task: prompts "123>" and answers "one hundred and twenty-three\\n", for the numbers from 0 to `highest`, at most 9999.

    A share of the numbers from 100 on is held out, chosen by rng, the same in each language: all below 100 are learned, so that
    no word is new. A pair has at most 52 characters. ValueError for another language, or a highest outside 199 to 9999.
    """
    if language not in RULES:
        raise ValueError(f"language must be one of {', '.join(RULES)}, got {language!r}")
    if not 2 * LOWEST_HELD_OUT <= highest + 1 <= HIGHEST + 1:
        raise ValueError(f"highest must be from {2 * LOWEST_HELD_OUT - 1} to {HIGHEST}, got {highest}; 999 is usual")
    pairs = [(f"{n}>", f"{RULES[language](n)}\n") for n in range(highest + 1)]
    always, rest = pairs[:LOWEST_HELD_OUT], pairs[LOWEST_HELD_OUT:]
    learned, held = hold_out(len(rest), held_out, rng=rng)
    return Task(
        f"number-words-{language}",
        always + [rest[i] for i in learned],
        [rest[i] for i in held],
        f"0 to {highest} in {language} words, by rule",
    )


def _before(digit):
    """One digit before und, hundert and tausend: "ein", not "eins"."""
    return "ein" if digit == 1 else GERMAN[digit]


def _require_in_range(n):
    if not 0 <= n <= HIGHEST:
        raise ValueError(f"n must be from 0 to {HIGHEST}, got {n}")
