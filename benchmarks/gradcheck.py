"""Time of a gradient check: minilora's check_model against torch.autograd.gradcheck, on the same model, weights and batch.

2 layers, 2 heads, 16 wide, block 8, batch 3, vocabulary 13, float64, one thread each: every entry of each parameter, gradcheck in
its slow mode, which checks every entry too.

    python benchmarks/gradcheck.py             example: python benchmarks/gradcheck.py --turns 3 --json result.json
"""

from race import Figure, main, timed

LAYERS, HEADS, WIDTH, BLOCK, BATCH, VOCABULARY, THREADS = 2, 2, 16, 8, 3, 13, 1
RTOL = 1e-6


def make_model(rng=0):
    """The model and its batch, its weights of order one."""
    import numpy as np

    from minilora.nn import Transformer, TransformerConfig

    config = TransformerConfig.preset(
        "tiny-gpt", vocab_size=VOCABULARY, block_size=BLOCK, n_layers=LAYERS, n_heads=HEADS, d_model=WIDTH
    )
    model, draw = Transformer(config, rng, dtype="float64"), np.random.default_rng(rng)
    for parameter in model.parameters():
        parameter.data = draw.standard_normal(parameter.data.shape) / parameter.data.shape[-1] ** 0.5
    return model, *(draw.integers(0, VOCABULARY, (BATCH, BLOCK)) for _ in range(2))


def minilora():
    import numpy as np
    from threadpoolctl import threadpool_limits

    from minilora.gradcheck import check_model

    threadpool_limits(THREADS)
    model, ids, targets = make_model()

    def check():
        report = check_model(model, ids, targets, rtol=RTOL, zero=("attn.k.b",), values="own")
        assert report.ok, str(report)

    entries = sum(parameter.data.size for parameter in model.parameters())
    about = {"what": f"NumPy {np.__version__}, rtol {RTOL:g}", "loss": round(model.loss(ids, targets), 9), "entries": entries}
    return timed(check, 1), about


def autograd():
    """The same for PyTorch; its parameters are perturbed in place, which is faster than torch.func.functional_call."""
    import torch
    from peer_torch import TorchGPT, copy_weights

    torch.set_num_threads(THREADS)
    ours, ids, targets = make_model()
    model = TorchGPT(LAYERS, HEADS, WIDTH, BLOCK, VOCABULARY).double()
    copy_weights(dict(ours.named_parameters()), model)
    ids, targets = torch.as_tensor(ids), torch.as_tensor(targets).flatten()
    parameters = tuple(model.parameters())

    def loss(*_):
        return torch.nn.functional.cross_entropy(model(ids).flatten(0, 1), targets)

    def check():
        assert torch.autograd.gradcheck(loss, parameters, eps=1e-6, atol=1e-6, rtol=1e-5)

    what = f"PyTorch {torch.__version__}, gradcheck, slow mode, atol 1e-6, rtol 1e-5"
    entries = sum(parameter.numel() for parameter in parameters)
    return timed(check, 1), {"what": what, "loss": round(loss().item(), 9), "entries": entries}


CONTESTANTS = {"minilora": minilora, "torch": autograd}
FIGURES = (Figure("gradient check, every entry", "minilora", "torch"),)

if __name__ == "__main__":
    main(__file__, __doc__, CONTESTANTS, FIGURES, turns=5)
