"""A matrix held in few bits, and how layers get one and lose it."""

from dataclasses import dataclass

from minilora import backend
from minilora.nn.parameter import Parameter
from minilora.ops.quantized_linear import dequantize_blocks
from minilora.quantize import NF4, Quantized, dequantize_nf4, quantize_nf4


@dataclass(frozen=True, eq=False)
class Blocks(Quantized):
    """As a file held it: w_hat = a level[code] + offset. scales, offsets: (..., blocks), floats of 16 bits or more.

    levels: 16, with codes as uint8 (..., ceil(n / 2)), two to a byte; or None, with codes as int8 (..., n), which are their own
    levels. offsets: None where there are none.
    """

    levels: tuple | None
    offsets: object = None

    @property
    def nbytes(self):
        return super().nbytes + (0 if self.offsets is None else self.offsets.nbytes)

    @property
    def a(self):
        """The scales as numbers: (..., blocks)."""
        return self.scales


class QuantizedParameter(Parameter):
    """A Parameter whose values are `quantized`, an NF4 or the Blocks of a file. It is frozen for good.

    grad    None. trainable cannot be set True.

    data    the values, dequantised anew at each access; writing into that array changes nothing here.
    codes, scales, offsets, levels, block    what ops.quantized_linear takes.
    nbytes  the memory that it takes. bits: of a code.

    Assigning to an NF4's data quantises. Values that come out of an NF4 of the same block, such as p.data or a checkpoint's copy
    of it, stay as they are when they are assigned, bit for bit. With double quantisation a second rounding could not promise
    that, for the mean of rounded scales is another one. So values that are held already are left alone, and others that come out
    of an NF4 get their scales in full. The Blocks of a file take the values that they hold, and no others: ValueError.
    """

    def __init__(self, quantized, name="", decay=None):
        if not isinstance(quantized, (NF4, Blocks)):
            needs = "QuantizedParameter needs an NF4 or Blocks"
            raise ValueError(f"{needs}, got {type(quantized).__name__}: call quantize_nf4(W) first")
        self.quantized = quantized
        self.name = name
        self.decay = len(quantized.shape) > 1 if decay is None else decay
        self.rate = 1.0
        self._trainable, self._grad = False, None
        self.detached = False

    @property
    def data(self):
        return dequantize_blocks(self.codes, self.scales, self.offsets, self.levels, self.block, self.shape[-1], self.dtype)

    @data.setter
    def data(self, value):
        held = self.quantized
        if value.shape != held.shape:
            raise ValueError(f"{self.name or 'parameter'}.data has shape {held.shape}, got {value.shape}")
        value = value.astype(held.dtype)
        if _equal(value, self.data):
            return
        if isinstance(held, Blocks):
            wanted = f"{self.name or 'the parameter'} is held in the blocks of a file, which take no other values"
            raise ValueError(f"{wanted}: call dequantize_linear(layer) first")
        in_full = quantize_nf4(value, held.block, double=False)
        lossless = _equal(value, dequantize_nf4(in_full))
        self.quantized = in_full if lossless or not held.double else quantize_nf4(value, held.block)

    def rows(self, ids):
        """The values of some rows, (..., n), for ids (...): no others are dequantised."""
        q, offsets = self.quantized, self.offsets
        offsets = None if offsets is None else offsets[ids]
        return dequantize_blocks(q.codes[ids], q.a[ids], offsets, q.levels, q.block, q.shape[-1], q.dtype)

    @property
    def shape(self):
        return self.quantized.shape

    @property
    def dtype(self):
        return self.quantized.dtype

    @property
    def codes(self):
        return self.quantized.codes

    @property
    def scales(self):
        return self.quantized.a

    @property
    def offsets(self):
        return self.quantized.offsets

    @property
    def levels(self):
        return self.quantized.levels

    @property
    def block(self):
        return self.quantized.block

    @property
    def bits(self):
        return 8 if self.levels is None else 4

    @property
    def nbytes(self):
        return self.quantized.nbytes

    @property
    def trainable(self):
        return False

    @trainable.setter
    def trainable(self, value):
        if value:
            wanted = f"{self.name or 'the parameter'} is held in {self.bits} bits and cannot be trained"
            raise ValueError(f"{wanted}: train an adapter beside it, or call dequantize_linear(layer) first")

    def __repr__(self):
        return f"QuantizedParameter({self.name!r}, shape {self.shape}, {self.quantized.bits_per_value:.3f} bits a value)"


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
        size = f"{W.quantized.bits_per_value:.3f} bits a value"
        raise ValueError(f"{W.name or 'W'} is quantised already, {size}: leave it as it is")
    if tied:
        raise ValueError(f"{W.name or 'W'} is shared with another layer, which would keep it in full: quantise other layers")
    _refuse_changed(layer, "quantising")
    return QuantizedParameter(quantize_nf4(W.data, block, double), W.name, W.decay)


def quantize_base(model, block=64, double=True):
    """Hold the matrices of a model's blocks in NF4, as QLoRA's base is. Embeddings, norms, biases and the head stay as they are.

    Arguments and errors as for quantize_linear.
    """
    quantize_linears([layer for part in model.blocks for layer in _with_W(part)], block, double)


def dequantize_linear(layer):
    """Put a frozen Parameter of the dequantised values in the place of a quantised W. What quantising rounded off stays lost.

    Another layer that shares W keeps it. ValueError if W is not quantised, or if adapters have put something into it.
    """
    _dequantize([layer])


def dequantize_base(model):
    """The same for every W of a model that is quantised; what is shared stays shared. Returns the number of layers."""
    layers = [layer for layer in _with_W(model) if isinstance(layer.W, QuantizedParameter)]
    _dequantize(layers)
    return len(layers)


def hold(model, quantized):
    """Put a QuantizedParameter in the place of each W in {Parameter: NF4 or Blocks}, in all layers that share it."""
    held = {W: QuantizedParameter(q, W.name, W.decay) for W, q in quantized.items()}
    for layer in _with_W(model):
        if layer.W in held:
            _replace(layer, held[layer.W])


def _dequantize(layers):
    values = {}
    for layer in layers:
        W = layer.W
        _refuse_changed(layer, "dequantising")
        if not isinstance(W, QuantizedParameter):
            raise ValueError(f"{W.name or 'W'} is not quantised, so there is nothing to dequantise: leave it as it is")
        values[W] = values.get(W) or Parameter(W.data, False, W.name, W.decay)
    for layer in layers:
        _replace(layer, values[layer.W])


def _with_W(model):
    return [layer for _, layer in model.named_layers() if getattr(layer, "W", None) is not None]


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
