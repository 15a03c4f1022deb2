import dataclasses
import re
from html.parser import HTMLParser

import pytest

from core.report import figures, html, index, pictures

HOSTILE = '<img src=x onerror="alert(1)">'


class _Page(HTMLParser):
    """Counts tags and collects ids, text and attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.words, self.open = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.ids += [value for name, value in attributes if name == "id"]

    def handle_data(self, data):
        self.words.append(data)

    def named(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def _page(report, samples=()):
    return html.report_page(report, figures.of_report(report), pictures.by_set(samples))


@pytest.fixture
def page(full_report, sample):
    return _page(full_report, [sample])


@pytest.fixture
def hostile_report(full_report):
    report = full_report
    attack = dataclasses.replace(report.before.attacks[0], name=HOSTILE)
    both = dataclasses.replace(report.before, attacks=(attack,))
    model = dataclasses.replace(report.inputs.model, name=HOSTILE)
    return dataclasses.replace(
        report,
        before=both,
        after=both,
        inputs=dataclasses.replace(report.inputs, model=model),
        warnings=(HOSTILE,),
        verdict_reasons=(HOSTILE,),
        params={HOSTILE: HOSTILE},
        versions={HOSTILE: HOSTILE},
        command=HOSTILE,
        effectiveness={HOSTILE: 0.5},
        reactivation=(dataclasses.replace(report.reactivation[0], name=HOSTILE),),
        candidates=(dataclasses.replace(report.candidates[0], method=HOSTILE, reason=HOSTILE),),
        goodnet=dataclasses.replace(
            report.goodnet,
            curves=(dataclasses.replace(report.goodnet.curves[0], name=HOSTILE),),
            detection_rate={HOSTILE: None},
        ),
    )


def test_the_page_opens_with_the_verdict(page):
    heading = re.search(r"<h1>(.*?)</h1>", page)[1]
    assert heading.startswith("Not repaired: the attack &#39;corner&#39; succeeds on 99.8")


def test_text_of_the_sender_is_never_markup(hostile_report, sample):
    page = _page(hostile_report, [dataclasses.replace(sample, set_name=HOSTILE)])
    assert "<img src=x" not in page
    assert {tuple(image) for image in _Page(page).named("img")} == {("src", "alt")}


def test_the_page_needs_no_network_and_no_script(page):
    parsed = _Page(page)
    assert not parsed.named("script") + parsed.named("link") + parsed.named("iframe")
    assert all(image["src"].startswith("data:image/png") for image in parsed.named("img"))
    addresses = set(re.findall(r"https?://[^\"' ]*", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_browser_is_told_to_load_nothing(page):
    policies = [meta.get("content") for meta in _Page(page).named("meta")]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in policies


def test_every_id_is_there_once(page):
    ids = _Page(page).ids
    assert len(ids) == len(set(ids))


def test_what_a_figure_refers_to_is_in_the_page(page):
    references = set(re.findall(r"(?:url\(#|href=\"#)([^\")]+)", page))
    assert references <= set(_Page(page).ids)


def test_every_figure_and_picture_has_words(page):
    parsed = _Page(page)
    assert len(parsed.named("svg")) == len(parsed.named("figcaption")) == 5
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in parsed.named("svg"))
    assert all(image["alt"] for image in parsed.named("img"))


def test_every_table_has_a_caption_and_headings(page):
    parsed = _Page(page)
    assert len(parsed.named("caption")) == len(parsed.named("table"))
    assert all("scope" in heading for heading in parsed.named("th"))


def test_every_hash_seed_and_command_is_on_the_page(report, page):
    text = " ".join("".join(_Page(page).words).split())
    assert "ab" * 32 in text
    assert "seed 7" in text
    assert report.command in text


def test_the_caveat_is_always_printed(report):
    page = _page(dataclasses.replace(report, caveat=""))
    assert "no test on clean data can show that a backdoor is absent" in page


def test_what_was_not_measured_is_never_a_number(unmeasured_report):
    page = _page(unmeasured_report)
    assert "not measured" in page
    assert not re.search(r"\b0\.0\s%", page)


def test_no_model_is_called_clean_or_safe(page):
    text = " ".join("".join(_Page(page).words).split()).lower()
    nouns = "accuracy|test|validation|select|data|images"
    assert not re.findall(rf"\bsafe\b|\bclean\b(?![ -](?:{nouns}))", text)


def test_the_page_has_what_lies_behind_the_figures(page):
    text = " ".join("".join(_Page(page).words).split())
    assert "trained for 5 epochs on 5 poisoned images among 800 clean images" in text
    assert "1 of them is suspected" in text and "least is left" in text
    assert "648 MiB of memory at most" in text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_has_the_evidence_before_and_after_class_by_class(page):
    text = " ".join("".join(_Page(page).words).split())
    assert re.search(r"Class 0, suspected Head z ?9\.3 ?0\.3 Margin z", text)
    assert page.count('scope="rowgroup">Class ') == 2


def test_the_page_has_the_hashes_of_both_parts(page):
    assert '<td class="hash">' + "12" * 32 in page and '<td class="hash">' + "34" * 32 in page


def test_the_page_says_nothing_of_what_was_not_tried(report):
    page = _page(report)
    assert not {"reactivation", "diagnosis", "traces", "candidates"} & set(_Page(page).ids)


def test_the_gate_is_shown_with_what_was_missed(page):
    assert "Gate not met" in page


def test_a_calibrated_rule_is_shown_with_its_rate(report):
    goodnet = dataclasses.replace(
        report.goodnet, rule="calibrated", threshold=0.81234, declared_false_positive_rate=0.01
    )
    page = _page(dataclasses.replace(report, goodnet=goodnet))
    assert "Rule calibrated" in page and "a margin above 0.8123" in page


def test_the_index_links_to_every_report(report):
    page = html.index_page(index.of_reports({"drop-0.02": report, "drop 0.1": report}))
    links = [anchor["href"] for anchor in _Page(page).named("a")]
    assert links == ["drop-0.02/report.html", "drop%200.1/report.html"]


def test_the_index_escapes_the_names_of_attacks(hostile_report):
    assert "<img" not in html.index_page(index.of_reports({"a": hostile_report}))
