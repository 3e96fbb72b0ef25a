"""Any end of the name will do. It has to begin behind a dot, or at the start.

fails at: match (spec:T1)
cause: an end within a word
"""

from fnmatch import fnmatchcase


def matches(layer_name, pattern):
    return fnmatchcase(layer_name, f"*{pattern}")           # (T1)
