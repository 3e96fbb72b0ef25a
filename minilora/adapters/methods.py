"""Every method that hangs in a layer, by the name that files and the command line use."""

from difflib import get_close_matches

from minilora.adapters.lora import LoRA

METHODS = {spec.method: spec for spec in (LoRA,)}


def find_method(name):
    """The spec class of a method. ValueError for a name that is none; it names the nearest."""
    if name in METHODS:
        return METHODS[name]
    near = get_close_matches(str(name).lower(), METHODS, n=1, cutoff=0.0)
    raise ValueError(f"no method is named {name!r}; did you mean {near[0]!r}? there are {', '.join(METHODS)}")
