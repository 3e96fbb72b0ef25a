"""Names of characters: the script is the label and not in the text, and letters are not torn."""

import unicodedata
from collections import Counter

import pytest

from minilora.data import character_names
from minilora.data.names import SCRIPTS


def test_names_are_those_of_characters_of_one_script_alone():
    task = character_names()
    assert task.classes == SCRIPTS and unicodedata.unidata_version in task.source
    for name, label in task.train + task.held_out:
        assert len(name) <= 64
        found = [script for script in SCRIPTS if is_a_character(f"{script} {name}")]
        assert found == [SCRIPTS[label]]


def is_a_character(name):
    try:
        return unicodedata.name(unicodedata.lookup(name)) == name
    except KeyError:
        return False


def test_classes_are_of_one_size_and_letters_on_one_side():
    task = character_names()
    sides = []
    for part, least in ((task.train, 200), (task.held_out, 50)):
        counts = Counter(label for _, label in part)
        assert sorted(counts) == list(range(6)) and len({*counts.values()}) == 1 and counts[0] >= least
        sides.append({(name.replace("CAPITAL ", "").replace("SMALL ", ""), label) for name, label in part})
    assert not sides[0] & sides[1]
    pairs = {name for name, _ in task.train}
    assert any(name.replace("CAPITAL", "SMALL") in pairs for name in pairs if "CAPITAL" in name)


def test_settings():
    task = character_names(scripts=("GREEK", "RUNIC"), max_chars=20, held_out=0.3, rng=1)
    assert max(len(name) for name, _ in task.train) <= 20 and task.classes == ("GREEK", "RUNIC")
    assert character_names() == character_names() != character_names(rng=1)
    with pytest.raises(ValueError, match="scripts must be first words of Unicode names, such as ARABIC, got 'Greek'"):
        character_names(scripts=("LATIN", "Greek"))
