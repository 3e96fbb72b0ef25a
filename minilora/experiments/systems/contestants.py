"""All contestants and studies, in the order of the report."""

from minilora.experiments.systems import references, svd_split

CONTESTANTS = {c.name: c for module in (references, svd_split) for c in module.CONTESTANTS}
STUDIES = ()
