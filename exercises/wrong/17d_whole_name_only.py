"""Only whole names fit. A pattern may also name what stands behind a dot.

fails at: match (spec:T1)
cause: no dotted end
"""

from fnmatch import fnmatchcase


def matches(layer_name, pattern):
    return fnmatchcase(layer_name, pattern)                 # (T1)
