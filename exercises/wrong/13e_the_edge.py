"""The edge of (N1) is taken for the threshold. Noise passes it in some of its draws, the threshold in one of a hundred.

fails at: threshold (noise:N5)
cause: the edge taken for a threshold
"""

from minilora.lowrank.noise import noise_edges, noise_std
from minilora.lowrank.truncation import singular_values


def beyond_noise(W, sigma=None):
    values, (m, n) = singular_values(W), W.shape
    sigma = noise_std(W) if sigma is None else sigma
    _, threshold = noise_edges(m, n, sigma)                 # (N5)
    return int((values > threshold).sum()), threshold, sigma
