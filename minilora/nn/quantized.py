"""A frozen matrix held in 4 bits, and how a linear layer gets one and loses it."""

from minilora import backend
from minilora.nn.parameter import Parameter
from minilora.quantize import NF4, dequantize_nf4, quantize_nf4


class QuantizedParameter(Parameter):
    """A Parameter whose values are an NF4, `nf4`. It is frozen for good: `grad` is None, and `trainable` cannot be set True.

    data    the values, dequantised anew at each access; writing into that array changes nothing here. Assigning quantises.
    codes, scales, block    what ops.quantized_linear takes; the scales as numbers in the dtype of the values.
    nbytes  the memory that it takes.

    Values that come out of an NF4 of the same block, such as p.data or a checkpoint's copy of it, stay as they are when they are
    assigned, bit for bit. With double quantisation a second rounding could not promise that, for the mean of rounded scales is
    another one. So values that are held already are left alone, and others that come out of an NF4 get their scales in full.
    """

    def __init__(self, nf4, name="", decay=None):
        if not isinstance(nf4, NF4):
            raise ValueError(f"QuantizedParameter needs an NF4, got {type(nf4).__name__}: call quantize_nf4(W) first")
        self.nf4 = nf4
        self.name = name
        self.decay = len(nf4.shape) > 1 if decay is None else decay
        self.rate = 1.0
        self._trainable, self._grad = False, None
        self.detached = False

    @property
    def data(self):
        return dequantize_nf4(self.nf4)

    @data.setter
    def data(self, value):
        held = self.nf4
        if value.shape != held.shape:
            raise ValueError(f"{self.name or 'parameter'}.data has shape {held.shape}, got {value.shape}")
        value = value.astype(held.dtype)
        if _equal(value, self.data):
            return
        in_full = quantize_nf4(value, held.block, double=False)
        lossless = _equal(value, dequantize_nf4(in_full))
        self.nf4 = in_full if lossless or not held.double else quantize_nf4(value, held.block)

    @property
    def codes(self):
        return self.nf4.codes

    @property
    def scales(self):
        return self.nf4.a.astype(self.nf4.dtype)

    @property
    def block(self):
        return self.nf4.block

    @property
    def nbytes(self):
        return self.nf4.nbytes

    @property
    def trainable(self):
        return False

    @trainable.setter
    def trainable(self, value):
        if value:
            wanted = f"{self.name or 'the parameter'} is held in 4 bits and cannot be trained"
            raise ValueError(f"{wanted}: train an adapter beside it, or call dequantize_linear(layer) first")

    def __repr__(self):
        return f"QuantizedParameter({self.name!r}, shape {self.nf4.shape}, {self.nf4.bits_per_value:.3f} bits a value)"


def quantize_linear(layer, block=64, double=True, tied=False):
    """Put a QuantizedParameter in the place of a linear layer's W (out, in). The W before is lost to the layer.

    block: values to a scale. double: quantise the scales too. tied: say True if another layer computes with this W as well.
    ValueError if W is quantised already, or tied, or if adapters have put something into it.
    """
    quantize_linears([layer], block, double, tied)


def quantize_linears(layers, block=64, double=True, tied=False):
    """The same for several layers: all of them, or none if one is refused, such as for a W with a NaN."""
    quantized = [_quantized(layer, block, double, tied) for layer in layers]
    for layer, W in zip(layers, quantized, strict=True):
        _replace(layer, W)


def _quantized(layer, block, double, tied):
    W = layer.W
    if isinstance(W, QuantizedParameter):
        raise ValueError(f"{W.name or 'W'} is quantised already, {W.nf4.bits_per_value:.3f} bits a value: leave it as it is")
    if tied:
        raise ValueError(f"{W.name or 'W'} is shared with another layer, which would keep it in full: quantise other layers")
    _refuse_changed(layer, "quantising")
    return QuantizedParameter(quantize_nf4(W.data, block, double), W.name, W.decay)


def dequantize_linear(layer):
    """Put a frozen Parameter of the dequantised values in the place of a quantised W. What quantising rounded off stays lost.

    ValueError if W is not quantised, or if adapters have put something into it.
    """
    W = layer.W
    _refuse_changed(layer, "dequantising")
    if not isinstance(W, QuantizedParameter):
        raise ValueError(f"{W.name or 'W'} is not quantised, so there is nothing to dequantise: leave it as it is")
    _replace(layer, Parameter(W.data, False, W.name, W.decay))


def _refuse_changed(layer, what):
    if layer.original_W is not None:
        raise ValueError(f"adapters have put something into {layer.W.name or 'W'}: unmerge or remove them before {what} it")


def _replace(layer, W):
    """The old W is marked, so that an optimiser which holds it refuses to step; a forward before was of another W."""
    layer.W.detached = True
    layer.W = W
    layer.drop_cache()


def _equal(one, two):
    return backend.item(backend.get_array_module(one).array_equal(one, two))
