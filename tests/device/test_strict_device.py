"""Everything the library does with arrays, on the strict stand-in: the same values, nothing converted and nothing mixed."""


def test_same_values_as_numpy(scenario, strict, same_on):
    same_on(scenario, strict, rtol=1e-12)
