"""Every picture, from plain data. Each function returns a matplotlib Figure, closed for pyplot: a notebook shows it once."""

from minilora.plots.growth import growth
from minilora.plots.spectra import change_spectra, spectra, truncation
from minilora.plots.story import story
from minilora.plots.style import save
from minilora.plots.systems import learned_against_forgotten, loss_against_values, rank_of_change
from minilora.plots.training import NAMES, learned_and_forgotten, loss_curve
