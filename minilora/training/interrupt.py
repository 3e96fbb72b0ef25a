"""Ctrl-C that waits for the end of the step: half a step is not a state from which a run can be resumed."""

import signal
import sys
import threading


class DeferredInterrupt:
    """Inside `with DeferredInterrupt() as interrupt`, the first Ctrl-C sets `interrupt.asked`; a second one interrupts at once.

    Outside the main thread, and where Ctrl-C is ignored or handled outside Python, nothing is changed.
    """

    def __enter__(self):
        self.asked = False
        self._previous = signal.getsignal(signal.SIGINT)
        self._installed = threading.current_thread() is threading.main_thread() and callable(self._previous)
        if self._installed:
            signal.signal(signal.SIGINT, self._ask)
        return self

    def _ask(self, number, frame):
        self.asked = True
        signal.signal(signal.SIGINT, self._previous)
        print("\nstopping after this step; Ctrl-C again stops at once", file=sys.stderr)

    def __exit__(self, *exception):
        if self._installed:
            signal.signal(signal.SIGINT, self._previous)
