"""Whether saved arrays fit the arrays that shall take them."""


def match(wanted, saved, owner):
    """ValueError naming the first array of `saved` {name: array} that does not fit `wanted` {name: array}, the `owner`'s.

    Names, shapes and dtypes must be the same.
    """
    advice = f"build the {owner} as it was when saved: same config, adapters and trainable parameters"
    for name, array in wanted.items():
        if name not in saved:
            raise ValueError(f"the {owner}'s {name!r} is not among the saved arrays; {advice}")
        if saved[name].shape != array.shape:
            raise ValueError(f"{name!r} was saved with shape {saved[name].shape}, the {owner}'s has {array.shape}; {advice}")
        if saved[name].dtype != array.dtype:
            raise ValueError(f"{name!r} was saved as {saved[name].dtype}, the {owner}'s is {array.dtype}; use the same dtype")
    for name in sorted(saved):
        if name not in wanted:
            raise ValueError(f"the saved {name!r} has no place in the {owner}; {advice}")
