"""minilora: learn, read and verify the mathematics of LoRA, in NumPy, every gradient by hand."""

__version__ = "0.1.0"
