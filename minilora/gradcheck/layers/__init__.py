"""Checks of layers and models, which own parameters: by what they can do and not by their class."""
