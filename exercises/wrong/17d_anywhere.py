"""The pattern is looked for anywhere in the name. It has to fit all of it, or all behind a dot.

fails at: match (spec:T1)
cause: found in the middle
"""


def matches(layer_name, pattern):
    return pattern.strip("*") in layer_name                 # (T1)
