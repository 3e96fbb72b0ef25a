"""A model in the place of a model, to be trained like it with something added."""


class Wrapped:
    """Whatever it does not do itself is asked of `model`: parameters, layers, modes, config and generator are the model's.

    So Trainer and checkpoints take it as the model, and a checkpoint of it is one of the model.
    """

    def __init__(self, model):
        self.model = model

    def __getattr__(self, name):
        if name == "model":  # not there yet, in a copy that is being made
            raise AttributeError(name)
        return getattr(self.model, name)
