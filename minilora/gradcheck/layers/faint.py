"""Entries too small to be seen well in the loss, of which a model has many at the values that training starts from.

The slope of a loss L is known to no better than its rounding, some thousand eps |L|. An entry of 1e-8 is then compared to a few
digits only, however exact backward is. Such an entry passes if what is known of it agrees, and if the largest entry of the same
parameter is right to the last digit asked for: an entry that is lost, doubled or of the wrong sign fails all the same.
"""

from dataclasses import replace

import numpy as np

from minilora.gradcheck.finding import Cause

ROUNDED = 1e5 * 2.0**-52  # of |L|: a slope that is off by less may be right
AGREED = 1e-2  # the relative error up to which it passes


def pass_faint(report, loss, rtol):
    """The Report, in which `rounding` does not fail a parameter whose doubtful entries agree as far as they can be seen."""
    inputs, findings = dict(report.inputs), []
    for finding in report.findings:
        record = report.inputs.get(finding.input)
        if finding.cause is not Cause.ROUNDING or record is None:
            findings.append(finding)
        elif _agrees(record, loss, rtol) and _alone(finding, report):
            doubtful = record.errors > rtol
            note = f"{int(doubtful.sum())} of {doubtful.size} entries so small that the loss shows them only to "
            note += f"{record.errors.max():.0e}; values='drawn' shows more"
            inputs[finding.input] = replace(record, ok=True, note="; ".join(filter(None, (record.note, note))))
        else:
            findings.append(replace(finding, message=f"{finding.message} values='drawn' makes them for the time of the check."))
    return replace(report, inputs=inputs, findings=findings)


def _agrees(record, loss, rtol):
    doubtful = ~(record.errors <= rtol)
    apart = np.abs(record.analytic - record.numeric)[doubtful]
    close = (apart <= ROUNDED * abs(loss)).all() and (record.errors[doubtful] <= AGREED).all()
    return bool(close and not doubtful.flat[np.argmax(np.abs(record.numeric))])


def _alone(finding, report):
    return not any(other.input == finding.input and other.fails for other in report.findings if other is not finding)
