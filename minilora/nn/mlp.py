"""The feed-forward half of a block: C -> F -> C."""

from minilora.nn.layer import Layer
from minilora.ops.gelu import gelu_erf_backward, gelu_erf_forward, gelu_tanh_backward, gelu_tanh_forward
from minilora.ops.relu import relu_backward, relu_forward
from minilora.ops.swiglu import swiglu_backward, swiglu_forward

ACTIVATIONS = {
    "relu": (relu_forward, relu_backward),
    "gelu_tanh": (gelu_tanh_forward, gelu_tanh_backward),
    "gelu_erf": (gelu_erf_forward, gelu_erf_backward),
}


class MLP(Layer):
    """down(activation(up(x))): up is (F, C), down is (C, F)."""

    def __init__(self, activation, up, down):
        self.activate, self.activate_backward = ACTIVATIONS[activation]
        self.up = up
        self.down = down

    def forward(self, x):
        h, self._cache = self.activate(self.up.forward(x))
        return self.down.forward(h)

    def backward(self, dy):
        (dh,) = self.activate_backward(self.down.backward(dy), self.take_cache())
        return self.up.backward(dh)


class SwiGLU(Layer):
    """down(silu(gate(x)) up(x)): gate and up are (F, C), down is (C, F)."""

    def __init__(self, gate, up, down):
        self.gate = gate
        self.up = up
        self.down = down

    def forward(self, x):
        h, self._cache = swiglu_forward(self.gate.forward(x), self.up.forward(x))
        return self.down.forward(h)

    def backward(self, dy):
        dgate, dup = swiglu_backward(self.down.backward(dy), self.take_cache())
        return self.up.backward(dup) + self.gate.backward(dgate)
