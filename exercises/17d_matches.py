"""What every method's settings have in common, and how a pattern names layers.

    (T1)  match = ...

In a pattern * stands for any characters, dots too, ? for one, [ab] for one of these; a capital is not its small letter.

Exercise 17d, lesson 17: Which layers a pattern names.
Write matches. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 17d       tests this file
    minilora exercise hint 17d        one hint more, each time
"""

from fnmatch import fnmatchcase


def matches(layer_name, pattern):
    """Whether a pattern names a layer: a name or glob that fits its whole name, or a whole dotted end of it."""
    # (T1)  match =
    raise NotImplementedError("17d: write matches")
