"""The pictures of moving spectra show what they are given."""

import io

from PIL import Image

from minilora.plots import noise

RUN = {"steps": [0, 5, 9], "losses": [4.0, 3.0, 2.0], "spectra": {"up": [[1.0, 0.5], [2.0, 0.5], [3.0, 0.25]]}}


def test_a_panel_for_each_step_in_one_scale():
    axes = noise.frames(RUN, "up", edge=1.5, columns=2).axes
    assert [ax.get_title() for ax in axes[:3]] == ["step 0, loss 4.00", "step 5, loss 3.00", "step 9, loss 2.00"]
    assert [line.get_ydata()[0] for line in axes[2].lines] == [1.0, 3.0, 1.5]
    assert len({ax.get_ylim() for ax in axes[:3]}) == 1 and not axes[3].axison


def test_the_film_has_a_frame_for_each_step():
    film = Image.open(io.BytesIO(noise.animation(RUN, "up", edge=1.5)))
    assert film.format == "PNG" and film.n_frames == 3 and film.info["loop"] == 0


def test_a_line_for_each_kind_is_a_mean_over_seeds():
    figure = noise.rank_courses({"usual": ([0, 5], {"q": [[4.0, 6.0], [2.0, 2.0]]}), "large": ([0, 5], {"q": [[1.0], [1.0]]})})
    left, right = figure.axes
    assert left.lines[0].get_ydata().tolist() == [5.0, 2.0] and right.get_title() == "large"


def test_measured_and_predicted():
    ax = noise.planted([1.0, 2.0], [[3.0, 5.0], [6.0, 6.0]], {2.0: 6.5}, visible=1.5, edge=3.5).axes[0]
    assert ax.lines[0].get_ydata().tolist() == [4.0, 6.0] and list(ax.lines[1].get_ydata()) == [6.5]
