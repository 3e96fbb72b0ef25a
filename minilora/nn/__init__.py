"""Layers that own parameters, the Transformer made of them, and generation."""

from minilora.nn.attention import Attention, KeyValues
from minilora.nn.block import Block, PostNormBlock
from minilora.nn.config import TransformerConfig
from minilora.nn.dropout import Dropout
from minilora.nn.embedding import Embedding
from minilora.nn.generation import generate
from minilora.nn.layer import Layer
from minilora.nn.linear import Linear
from minilora.nn.mlp import MLP, SwiGLU
from minilora.nn.norms import LayerNorm, RMSNorm
from minilora.nn.parameter import Parameter
from minilora.nn.pooling import Pooling
from minilora.nn.quantized import QuantizedParameter, dequantize_base, dequantize_linear, quantize_base, quantize_linear
from minilora.nn.recording import recorded
from minilora.nn.transformer import Transformer
