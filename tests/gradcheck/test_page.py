"""The HTML forms: well formed, self-contained, nothing unescaped."""

from html.parser import HTMLParser

import numpy as np
import pytest

from minilora.gradcheck import check, verify_html

VOID = {"meta", "img"}


class Strict(HTMLParser):
    """Fails on a tag that is not closed in order; collects text and what the page would load."""

    def __init__(self):
        super().__init__()
        self.open, self.loads, self.text, self.tags = [], [], "", []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [value for name, value in attrs if name in ("src", "href") and not value.startswith("data:")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def parse(html):
    parser = Strict()
    parser.feed(html)
    parser.close()
    assert not parser.open and not parser.loads
    return parser


@pytest.fixture
def reports(layernorm, rng, replace):
    inputs = layernorm.inputs(rng, 3, 5)
    lost = replace(layernorm.backward, 1, lambda g: None)
    return {
        "right": check(layernorm.forward, layernorm.backward, inputs),
        "<wrong & co>": check(layernorm.forward, replace(layernorm.backward, 0, np.negative), inputs),
        "lost": check(layernorm.forward, lost, inputs),
    }


def test_the_page_has_a_row_for_each_and_the_text_of_the_failing(reports):
    html = verify_html(reports)
    page = parse(html)
    assert page.tags.count("tr") == 4 and page.tags.count("pre") == 2 and page.tags.count("h2") == 2
    assert "<wrong & co>" in page.text and "<wrong" not in html
    assert "2 of 3 fail" in page.text and str(reports["lost"]) in page.text
    assert "all gradients agree" in parse(verify_html({"right": reports["right"]})).text


def test_the_bar_is_the_error_on_a_log_scale(reports):
    html = verify_html(reports)
    assert html.count("width:100%") == 2  # of order one, and infinite
    assert html.count("left:62%") == 3  # 1e-6, ten of sixteen decades from the left


def test_the_notebook_form(reports):
    for report in reports.values():
        fragment = parse(report._repr_html_())
        assert fragment.tags.count("tr") == 4 and "html" not in fragment.tags
        assert all(finding.message in fragment.text for finding in report.findings)
