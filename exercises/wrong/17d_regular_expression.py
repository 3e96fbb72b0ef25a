"""The pattern is read as a regular expression, where a dot stands for any character and a star for a repetition.

fails at: match (spec:T1)
cause: another language of patterns
"""

import re


def matches(layer_name, pattern):
    return re.fullmatch(f"(.*[.])?{pattern}", layer_name) is not None       # (T1)
