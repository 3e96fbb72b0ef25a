"""A report as one HTML file, with its pictures inside."""

import base64
import html
import io

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
h1 { font-size: 1.7rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .3rem .8rem; border-bottom: 1px solid #ddd; text-align: right; }
th:first-child, td:first-child { text-align: left; } img { max-width: 100%; height: auto; }
pre { background: #f6f6f6; padding: .8rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
pre.table { white-space: pre; overflow-x: auto; font-size: .57rem; }
.samples { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
.note { color: #555; font-size: .9rem; }
"""


def page(title, parts):
    """The whole page; the parts are HTML."""
    title = html.escape(title)
    head = f"<head><meta charset='utf-8'><title>{title}</title><style>{STYLE}</style></head>"
    return "".join(["<!doctype html><html lang='en'>", head, f"<body><h1>{title}</h1>", *parts, "</body></html>"])


def picture(figure, description):
    """A figure as an image within the page; the description is what is read where it is not seen."""
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=130)
    encoded = base64.b64encode(data.getvalue()).decode()
    return f"<p><img alt='{html.escape(description)}' src='data:image/png;base64,{encoded}'></p>"
