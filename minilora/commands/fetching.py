"""minilora fetch"""

from minilora.files import FileError
from minilora.interop import fetch as source


def fetch(args):
    for name in args.names:
        source.find_source(name)
    for name in args.names:
        source.fetch(name)
    if not args.names:
        for name, about in source.SOURCES.items():
            print(f"{name:<10}{about.about}, {about.licence}: {_there(name)}")


def _there(name):
    try:
        return "here" if source.cached(name) else f"minilora fetch {name}, {source.SOURCES[name].megabytes} MB"
    except FileError:
        return f"damaged: minilora fetch {name} mends it"
