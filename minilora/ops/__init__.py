"""The mathematics: every differentiable operation as a forward/backward pair of pure functions, all of them in `registry`."""

from minilora.ops.adalora import adalora_backward, adalora_forward
from minilora.ops.attention import attention_backward, attention_forward
from minilora.ops.cross_entropy import (
    cross_entropy_backward,
    cross_entropy_forward,
    cross_entropy_steps_backward,
    cross_entropy_steps_forward,
)
from minilora.ops.dora import dora_backward, dora_forward
from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.embedding import embedding_backward, embedding_forward
from minilora.ops.form import Op, register, registry
from minilora.ops.gelu import (
    gelu_erf_backward,
    gelu_erf_forward,
    gelu_tanh_backward,
    gelu_tanh_forward,
    gelu_tanh_steps_backward,
    gelu_tanh_steps_forward,
)
from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward
from minilora.ops.layernorm import layernorm_backward, layernorm_forward, layernorm_steps_backward, layernorm_steps_forward
from minilora.ops.linear import linear_backward, linear_forward
from minilora.ops.loha import loha_backward, loha_forward
from minilora.ops.lokr import lokr_backward, lokr_forward
from minilora.ops.lora import lora_backward, lora_forward
from minilora.ops.lora_embedding import lora_embedding_backward, lora_embedding_forward
from minilora.ops.lora_xs import lora_xs_backward, lora_xs_forward
from minilora.ops.mse import mse_backward, mse_forward
from minilora.ops.penalties import (
    l1_penalty_backward,
    l1_penalty_forward,
    l2_penalty_backward,
    l2_penalty_forward,
    orthogonality_backward,
    orthogonality_forward,
)
from minilora.ops.pool import mean_pool_backward, mean_pool_forward, pick_backward, pick_forward
from minilora.ops.quantized_linear import quantized_linear_backward, quantized_linear_forward
from minilora.ops.relu import relu_backward, relu_forward
from minilora.ops.rmsnorm import rmsnorm_backward, rmsnorm_forward
from minilora.ops.rope import rope_backward, rope_forward
from minilora.ops.shifted_cross_entropy import shifted_cross_entropy_backward, shifted_cross_entropy_forward
from minilora.ops.silu import silu_backward, silu_forward
from minilora.ops.softmax import softmax_backward, softmax_forward
from minilora.ops.svft import svft_backward, svft_forward
from minilora.ops.swiglu import swiglu_backward, swiglu_forward
from minilora.ops.vera import vera_backward, vera_forward

__all__ = [name for name in dir() if name.endswith(("_forward", "_backward"))] + ["Op", "register", "registry"]
