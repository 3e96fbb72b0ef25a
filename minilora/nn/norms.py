"""Layer norm and RMS norm as layers."""

from minilora import backend
from minilora.nn.layer import Layer
from minilora.nn.parameter import Parameter
from minilora.ops.layernorm import layernorm_backward, layernorm_forward
from minilora.ops.rmsnorm import rmsnorm_backward, rmsnorm_forward


class LayerNorm(Layer):
    """gamma xhat + beta over the last axis, C wide."""

    def __init__(self, C, eps, dtype):
        self.gamma = Parameter(backend.xp.ones(C, dtype=dtype))
        self.beta = Parameter(backend.xp.zeros(C, dtype=dtype))
        self.eps = eps

    def forward(self, x):
        y, self._cache = layernorm_forward(x, self.gamma.data, self.beta.data, self.eps)
        return y

    def backward(self, dy):
        needs = {"x"} | {name for name in ("gamma", "beta") if getattr(self, name).trainable}
        dx, dgamma, dbeta = layernorm_backward(dy, self.take_cache(), needs)
        if dgamma is not None:
            self.gamma.accumulate(dgamma)
        if dbeta is not None:
            self.beta.accumulate(dbeta)
        return dx


class RMSNorm(Layer):
    """gamma x / rms(x) over the last axis, C wide."""

    def __init__(self, C, eps, dtype):
        self.gamma = Parameter(backend.xp.ones(C, dtype=dtype))
        self.eps = eps

    def forward(self, x):
        y, self._cache = rmsnorm_forward(x, self.gamma.data, self.eps)
        return y

    def backward(self, dy):
        needs = {"x", "gamma"} if self.gamma.trainable else {"x"}
        dx, dgamma = rmsnorm_backward(dy, self.take_cache(), needs)
        if dgamma is not None:
            self.gamma.accumulate(dgamma)
        return dx
