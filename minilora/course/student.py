"""The student's process: loads the student's file, runs its functions on the arrays that the judge sends, sends arrays back.

Run as a script, `student.py ROOT HOME FILE SECONDS LIBRARY FORWARD BACKWARD` or `... FUNCTION`, by `minilora.course.process`
alone. It passes no verdict. The judge's channel is moved away from standard input and output first, so
a print is never taken for an answer.
"""

import contextlib
import importlib
import importlib.util
import os
import sys
import traceback

LARGEST = 16 << 20  # bytes of an array
NOTHING = "{} returned None: does it lack its return?"


def main(root, home, file, seconds, library, *names):
    """Answer the judge's requests until it hangs up. library: a module, whose functions of these names are closed; or ""."""
    walls = isolation(root)
    alone = walls.separate(home, seconds)
    sys.path.insert(0, root)
    hidden = close(library, names) if library else []
    holds = walls.confine(home, [os.path.join(root, "minilora"), os.path.dirname(file)], hidden, alone)
    from minilora.course.messages import receive, send

    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what is printed goes into a file of limited size, for the judge to show
    send(answers, {"status": "isolated", "holds": holds})  # before a line of the student's has run
    with complaint(file, "") as problem:
        functions = load(file, *names)
    send(answers, problem or {"status": "ready"})
    while not problem:
        try:
            request, arrays = receive(requests)
        except EOFError:
            return
        send(answers, *(answer if len(functions) == 2 else result)(file, *functions, arrays, request["constants"]))


def isolation(root):
    """The module minilora.course.isolation, without the package: nothing else is loaded before it has done its work."""
    spec = importlib.util.spec_from_file_location("isolation", os.path.join(root, "minilora", "course", "isolation.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def close(library, names):
    """Let the library's own functions raise LibraryAnswer, by whatever name they are reached. Returns the files of their code."""

    def closed(*args, **kwargs):
        from minilora.course.messages import LibraryAnswer

        raise LibraryAnswer("this is the library's own function: write it yourself")

    module = importlib.import_module(library)
    for name in names:
        getattr(module, name).__code__ = closed.__code__
    compiled = os.path.join(os.path.dirname(module.__file__), "__pycache__")
    stem = os.path.basename(module.__file__).removesuffix("py")  # "linear.", of linear.cpython-311.pyc too
    found = os.listdir(compiled) if os.path.isdir(compiled) else []
    return [module.__file__, *(os.path.join(compiled, name) for name in found if name.startswith(stem))]


def load(file, *names):
    """The functions of these names from the file."""
    spec = importlib.util.spec_from_file_location("exercise", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in names:
        if not callable(getattr(module, name, None)):
            raise AttributeError(f"there is no function {name}; keep the names of the stub")
    return [getattr(module, name) for name in names]


@contextlib.contextmanager
def complaint(file, where):
    """A dict that stays empty, or tells of an exception inside, of any kind: what it was, its last line in the student's file."""
    problem = {}
    try:
        yield problem
    except BaseException as error:  # SystemExit and KeyboardInterrupt too: they are the student's
        lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        problem["status"] = "unsolved" if isinstance(error, NotImplementedError) else "failed"
        problem |= {"where": where, "kind": type(error).__name__, "text": str(error)[:500], "line": None, "code": ""}
        if isinstance(error, SyntaxError) and error.filename == file:
            problem |= {"line": error.lineno, "code": (error.text or "").strip(), "text": error.msg}
        elif lines:
            problem |= {"line": lines[-1].lineno, "code": lines[-1].line}


def answer(file, forward, backward, arrays, constants):
    """(document, arrays) for one request: y; and where a dy came along, the gradients too."""
    sent = {name: a.copy() for name, a in arrays.items()}
    inputs = {name: a for name, a in arrays.items() if name != "dy"}
    document, results = {"status": "done"}, {}
    with complaint(file, forward.__name__) as problem:
        returned = forward(**inputs, **constants)
        if returned is None:
            raise TypeError(NOTHING.format(forward.__name__))
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise TypeError(f"{forward.__name__} must return y, cache; it returned {kind(returned)}")
        results["y"] = plain("y", returned[0])
        untouched(forward, sent, arrays)
    if problem or "dy" not in arrays:
        return problem or document, results
    with complaint(file, backward.__name__) as problem:
        gradients = backward(arrays["dy"], returned[1])
        if gradients is None:
            raise TypeError(NOTHING.format(backward.__name__))
        document["named"] = isinstance(gradients, dict)
        if not isinstance(gradients, (dict, tuple, list)):
            gradients = [gradients]
        gradients = gradients if document["named"] else dict(enumerate(gradients, 1))
        document["gradients"] = [str(key) for key in gradients]
        results |= {f"gradient {key}": plain(f"gradient {key}", a) for key, a in gradients.items() if a is not None}
        untouched(backward, sent, arrays)
    return problem or document, results


def result(file, function, arrays, constants):
    """(document, arrays) for one request to a plain function."""
    sent, document, results = {name: a.copy() for name, a in arrays.items()}, {"status": "done"}, {}
    with complaint(file, function.__name__) as problem:
        returned = function(**arrays, **constants)
        document["tuple"] = isinstance(returned, tuple)
        values = returned if document["tuple"] else (returned,)
        document["results"] = len(values)
        results |= {f"result {n}": plain("what is returned", a) for n, a in enumerate(values) if a is not None}
        untouched(function, sent, arrays)
    return problem or document, results


def plain(name, value):
    """A NumPy array of booleans, integers or floats, at most float64."""
    import numpy as np

    if isinstance(value, tuple):
        raise TypeError(f"{name} must be one array, got {kind(value)}: take what you need out of it")
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or array.nbytes > LARGEST:
        raise TypeError(f"{name} must be an array of floats of the right shape, got {kind(value)}")
    return array.astype(np.float64) if array.dtype.itemsize > 8 else array


def kind(value):
    """What a value is, in a few words."""
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"an array of shape {shape}, dtype {value.dtype}"
    return f"a tuple of {len(value)}" if isinstance(value, tuple) else f"{repr(value)[:60]} of type {type(value).__name__}"


def untouched(function, sent, arrays):
    """ValueError if the function changed one of its arguments."""
    import numpy as np

    for name, before in sent.items():
        if not np.array_equal(before, arrays[name], equal_nan=before.dtype.kind == "f"):
            raise ValueError(f"{function.__name__} changes {name} in place; work on a copy: x = x + ... instead of x += ...")


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]), *sys.argv[5:])
