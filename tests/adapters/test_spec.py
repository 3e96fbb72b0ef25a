"""Which layers a pattern names."""

import pytest

from minilora.adapters.spec import matches

NAMES = ["embed", "blocks.0.attn.q", "blocks.0.attn.qkv", "blocks.1.crossattn.q", "blocks.1.mlp.up", "blocks.11.mlp.down", "head"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("attn.q", ["blocks.0.attn.q"]),
        ("q", ["blocks.0.attn.q", "blocks.1.crossattn.q"]),
        ("embed", ["embed"]),
        ("attn", []),
        ("blocks.1", []),
        ("blocks.1.*", ["blocks.1.crossattn.q", "blocks.1.mlp.up"]),
        ("blocks.1*.mlp.*", ["blocks.1.mlp.up", "blocks.11.mlp.down"]),
        ("mlp.*", ["blocks.1.mlp.up", "blocks.11.mlp.down"]),
        ("attn.[kq]", ["blocks.0.attn.q"]),
        ("attn?q", ["blocks.0.attn.q"]),
        ("Attn.q", []),
    ],
)
def test_a_pattern_accounts_for_the_whole_name_or_for_all_behind_a_dot(pattern, found):
    assert [name for name in NAMES if matches(name, pattern)] == found
