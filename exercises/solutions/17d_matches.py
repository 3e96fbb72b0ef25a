"""What every method's settings have in common, and how a pattern names layers.

    (T1)  match = the pattern fits the layer's whole name, or all that stands behind one of its dots

In a pattern * stands for any characters, dots too, ? for one, [ab] for one of these; a capital is not its small letter.
"""

from fnmatch import fnmatchcase


def matches(layer_name, pattern):
    """Whether a pattern names a layer: a name or glob that fits its whole name, or a whole dotted end of it."""
    return fnmatchcase(layer_name, pattern) or fnmatchcase(layer_name, f"*.{pattern}")  # (T1)
