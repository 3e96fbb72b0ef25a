"""minilora family"""

from minilora.experiments import family as methods


def family(args):
    rows = methods.table()
    print(methods.markdown(rows) if args.markdown else methods.text(rows))
