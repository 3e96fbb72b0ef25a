"""B takes all of the weight. The product is right, but A and B are no longer as large against each other as they were.

fails at: A (combine:C4), B (combine:C4)
cause: not shared
"""


def share(A, B, ws):
    return A, ws * B                                        # (C4)
