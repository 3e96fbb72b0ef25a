"""Library source in a lesson: a marker line, and under it a fence that holds the library's own text.

    <!-- source: minilora.ops.linear.linear_backward -->
    ```python .noeval
    ```

The fence's content is written in from the library; a module's name alone gives its header. `.noeval` tells Jupytext that the
fence is text, not a cell.
"""

import inspect
import re

from minilora.course.catalogue import library_object

BLOCK = re.compile(r"^(<!-- source: (\S+) -->\n```\w+ \.noeval\n)(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown(name):
    """What a lesson shows for a dotted name: a module's header, or the source of a function or a class."""
    found = library_object(name)
    return inspect.cleandoc(found.__doc__) if inspect.ismodule(found) else inspect.getsource(found).rstrip()


def with_source(text):
    """The lesson with every source block equal to the library. ValueError for a marker without a fence under it."""
    markers, blocks = text.count("<!-- source:"), BLOCK.findall(text)
    if markers != len(blocks):
        message = f"{markers} source markers, but {len(blocks)} with a fence; directly under a marker goes '```python .noeval'"
        raise ValueError(message + ", and a line '```' closes it")
    return BLOCK.sub(lambda block: f"{block[1]}{shown(block[2])}\n```", text)
