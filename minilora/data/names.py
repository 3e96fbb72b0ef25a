"""Short labelled texts: from which script is the character of this name? After Python's own table of Unicode, `unicodedata`."""

import sys
import unicodedata
from collections import Counter

from minilora.data.folds import hold_out_of_each
from minilora.data.task import Task

SCRIPTS = ("ARABIC", "CYRILLIC", "ETHIOPIC", "GREEK", "LATIN", "YI")  # 300 names or more each that no other of them has
SIZES = {"CAPITAL", "SMALL"}


def character_names(scripts=SCRIPTS, max_chars=64, held_out=0.2, rng=0):
    """A Task: names of characters less their first word, which is the script; the script is the label.

        "CAPITAL LETTER ZHE"  ->  CYRILLIC      "SYLLABLE MAAN"  ->  ETHIOPIC

    A name that two of the scripts have ("SMALL LETTER A") is left out. A capital and its small letter are on one side, in train
    or held out. Classes are of one size and take turns, as `hold_out_of_each` says.
    In Python 3.11: 6 x 274 and 6 x 69 names. ValueError for a script without names.
    """
    named = {script: [] for script in scripts}
    for code in range(sys.maxunicode + 1):
        script, _, name = unicodedata.name(chr(code), "").partition(" ")
        if script in named and 0 < len(name) <= max_chars:
            named[script].append(name)
    scripts_of = Counter(name for own in named.values() for name in set(own))
    texts = [[name for name in own if scripts_of[name] == 1] for own in named.values()]
    for script, own in zip(named, texts, strict=True):
        if len(own) < 2:
            raise ValueError(f"scripts must be first words of Unicode names, such as {SCRIPTS[0]}, got {script!r}; leave it out")
    letters = [[" ".join(word for word in name.split() if word not in SIZES) for name in own] for own in texts]
    train, held = ([(texts[label][i], label) for label, i in part] for part in hold_out_of_each(letters, held_out, rng))
    source = f"unicodedata {unicodedata.unidata_version}, names of characters without the script"
    return Task("character-names", train, held, source, classes=tuple(scripts))
