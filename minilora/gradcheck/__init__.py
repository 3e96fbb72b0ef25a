"""Is a hand-written gradient right? Numeric gradients in every entry, a verdict, and a report that says where it is wrong.

from minilora.gradcheck import check

report = check(my_forward, my_backward, inputs={"x": x, "gamma": gamma}, constants={"eps": 1e-5})
print(report)
"""

from minilora.gradcheck.finding import Cause, Finding
from minilora.gradcheck.layers.layer import check_layer
from minilora.gradcheck.layers.model import check_model
from minilora.gradcheck.numeric import numeric_gradient
from minilora.gradcheck.page import verify_html
from minilora.gradcheck.pair import assert_gradients, check, check_function
from minilora.gradcheck.report import Report
from minilora.gradcheck.userfile import GradcheckError, check_file

__all__ = [
    "Cause",
    "Finding",
    "GradcheckError",
    "Report",
    "assert_gradients",
    "check",
    "check_file",
    "check_function",
    "check_layer",
    "check_model",
    "numeric_gradient",
    "verify_html",
]
