"""minilora fetch"""

from minilora.interop import fetch as source


def fetch(args):
    for name in args.names:
        source.find_source(name)
    for name in args.names:
        source.fetch(name)
    if not args.names:
        for name, about in source.SOURCES.items():
            there = "here" if source.cached(name) else f"minilora fetch {name}, {about.megabytes} MB"
            print(f"{name:<10}{about.about}, {about.licence}: {there}")
