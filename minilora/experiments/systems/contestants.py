"""All contestants and studies, in the order of the report."""

from minilora.experiments.systems import references, svd_split, svd_studies

MODULES = (references, svd_split, svd_studies)
CONTESTANTS = {c.name: c for module in MODULES for c in module.CONTESTANTS}
STUDIES = tuple(study for module in MODULES for study in module.STUDIES)
