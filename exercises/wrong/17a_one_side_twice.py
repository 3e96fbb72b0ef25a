"""Both factors are counted with the same side: A has in columns, but B has out rows.

fails at: values (costs:P1)
cause: one side taken twice
"""


def lora_values(shapes, r):
    return sum(2 * r * n_in for _, n_in in shapes)          # (P1)
