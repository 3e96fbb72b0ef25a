"""The pytest plugin: a fixture `gradcheck` for anyone's tests. It registers itself where the package is installed.

def test_my_backward(gradcheck):
    gradcheck(my_forward, my_backward, {"x": x, "gamma": gamma}, constants={"eps": 1e-5})
"""

import pytest


@pytest.fixture
def gradcheck():
    """gradcheck(forward, backward, inputs, ...) fails the test, with the table and the diagnosis, if a gradient is wrong.

    gradcheck.layer(layer, x, ...), gradcheck.model(model, *batch, ...) and gradcheck.function(f, gradient, x, ...) do the same
    for what check_layer, check_model and check_function check. All take the options of those and return their Report.
    """
    return Gradcheck()


class Gradcheck:
    """The checks of minilora.gradcheck as assertions."""

    def __call__(self, forward, backward, inputs, constants=None, **options):
        __tracebackhide__ = True
        from minilora.gradcheck import check  # here, so that other tests start without NumPy

        return _passed(check(forward, backward, inputs, constants, **options))

    def function(self, f, gradient, x, **options):
        __tracebackhide__ = True
        from minilora.gradcheck import check_function

        return _passed(check_function(f, gradient, x, **options))

    def layer(self, layer, x, **options):
        __tracebackhide__ = True
        from minilora.gradcheck import check_layer

        return _passed(check_layer(layer, x, **options))

    def model(self, model, *batch, **options):
        __tracebackhide__ = True
        from minilora.gradcheck import check_model

        return _passed(check_model(model, *batch, **options))


def _passed(report):
    __tracebackhide__ = True
    if not report.ok:
        pytest.fail(f"\n{report}", pytrace=False)
    return report
