"""The heads are added up. They are laid side by side: nothing is lost, and the map o mixes them later.

fails at: x (heads:F2)
cause: a sum where the pieces stay apart
"""

def join_heads(y):
    return y.sum(axis=1)
