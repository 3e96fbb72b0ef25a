"""Adapters that take the place of W: the layer gives up all of it."""


class InPlaceOfW:
    """Mixed into an adapter whose own product is the whole of the new W: Delta W is that product less W."""

    def delta(self, W=None):
        """Delta W, from the original W."""
        return super().delta() - W

    def in_W(self, W):
        """What stands in the layer's W: nothing is left of it while the adapter computes."""
        return self.delta(W) if self.merged else -W if self.enabled else None
