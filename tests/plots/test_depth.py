"""The pictures of lesson 09 show what they are given."""

from minilora.plots.depth import NODES, block_flow, stream_panels


def test_the_block_shows_every_layer_and_both_ways():
    (ax,) = block_flow().axes
    shown = [text.get_text() for text in ax.texts]
    assert {name.strip() for name in NODES} | {"x", "dx", "y", "dy"} <= set(shown)
    colours = [text.arrow_patch.get_edgecolor() for text in ax.texts if getattr(text, "arrow_patch", None)]
    assert len(colours) == 18 and sum(colour[:3] == (0, 0, 0) for colour in colours) == 9


def test_panels_are_means_at_each_depth():
    result = {"size": [[1.0, 3.0], [2.0, 4.0]], "cosine": [[0.0, 0.2], [1.0, 1.0]]}
    size, cosine = stream_panels({"pre-norm": result, "post-norm": result}).axes
    assert size.lines[0].get_ydata().tolist() == [2.0, 3.0]
    assert cosine.lines[1].get_ydata().tolist() == [0.1, 1.0]
