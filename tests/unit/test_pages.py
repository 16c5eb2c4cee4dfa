"""The mended page, the cleaned drawing, the small Sphinx pieces: each fault they cure, planted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import altair as alt
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from equityguide import charts
from equityguide.figure import figure
from equityguide.site import coverage, drawing, pages, reading
from equityguide.site.policy import POLICY

STOCK = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="a"/><title>T</title>
<script>let inline = 1;</script><script src="../_static/scripts/fontawesome.js?digest=1"></script>
<link href="../_static/styles/theme.css?digest=1" rel="stylesheet"/><link href="../_static/togglebutton.css" rel="stylesheet"/>
<style>p{color:red}</style></head><body><div id="pst-primary-sidebar"><nav aria-label="Main"></nav></div>
<div id="ethical-ad-placement"></div><main><article><h1>T</h1><p class="eg-reading">Not this paragraph, which only counts minutes.</p>
<p>This is the first real paragraph, and it says what the page is about in plain words.</p>
<button onclick="window.print()">P</button><p style="color:red">s</p><i class="fa-solid fa-x" title="X"></i>
<table><thead><tr><th></th><th>a</th></tr></thead></table>
<figure class="eg-figure"><script class="eg-spec" type="application/json">{}</script></figure></article></main></body></html>"""


def mended() -> BeautifulSoup:
    return BeautifulSoup(pages.mend(STOCK, PurePosixPath("book/one.html")), "lxml")


def test_nothing_inline_is_left_and_data_is() -> None:
    soup = mended()
    assert [s["type"] for s in soup.find_all("script", src=False)] == ["application/json"]
    assert not soup.find_all("style")
    assert not soup.find_all(style=True)
    assert not soup.find_all(onclick=True)
    assert soup.select_one("button[data-eg-print]")


def test_policy_comes_before_anything_it_governs() -> None:
    html = pages.mend(STOCK, PurePosixPath("book/one.html"))
    assert POLICY in html
    assert html.index("Content-Security-Policy") < html.index("<script src")
    assert html.index("charset") < html.index("Content-Security-Policy")


def test_scripts_and_styles_are_ours_and_relative() -> None:
    soup = mended()
    assert soup.find_all("script", src=True)[0]["src"] == "../_static/boot.js"
    assert "../_static/figure.js" in [s["src"] for s in soup.find_all("script", src=True)]
    assert [link["href"] for link in soup.find_all("link", rel="stylesheet")] == ["../_static/site.css"]
    assert pages.stylesheets(STOCK) == ["styles/theme.css"]


def test_description_and_names() -> None:
    soup = mended()
    described = soup.find("meta", attrs={"name": "description"})
    assert described is not None
    assert str(described["content"]).startswith("This is the first real paragraph")
    assert soup.select_one("#pst-primary-sidebar[role=navigation]")
    assert soup.select_one("thead td")
    assert soup.select_one("i")["aria-hidden"] == "true"
    assert not soup.select("#ethical-ad-placement")


def test_front_page_redirect_is_a_page() -> None:
    html = pages.mend('<meta http-equiv="Refresh" content="0; url=book/index.html" />', PurePosixPath("index.html"))
    soup = BeautifulSoup(html, "lxml")
    assert soup.select_one("main a[href='book/index.html']")
    assert soup.html["lang"] == "en"


def test_drawing_is_cleaned_of_styles_labels_and_clashing_ids() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="10" height="10"><defs><clipPath id="clip0"></clipPath></defs>'
        '<g clip-path="url(#clip0)"><path aria-label="East: 70" role="graphics-symbol" d="M1.23456,2" fill="var(--eg-mark)"/>'
        '<text style="fill: red; cursor: pointer">58.85 (0.55)</text><g></g></g></svg>'
    )
    cleaned = drawing._clean(svg, "areas-wide")
    assert 'id="areas-wide-part0"' in cleaned
    assert "url(#areas-wide-part0)" in cleaned
    assert drawing._clean(svg.replace("clip0", "clip7"), "areas-wide") == cleaned  # drawn later, the same drawing
    assert 'style="' not in cleaned
    assert 'fill="red"' in cleaned
    assert "aria-label" not in cleaned
    assert "1.2," in cleaned
    # What is read keeps its digits: cut off, 58.85 would be 58.8.
    assert "58.85 (0.55)" in cleaned
    assert "var(--eg-mark)" in cleaned
    assert 'aria-hidden="true"' in cleaned


def test_poster_carries_finding_source_and_plain_colors() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><path fill="var(--eg-mark)"/></svg>'
    poster = drawing._poster(svg, "A finding & more", "Source: office.")
    assert "A finding &amp; more" in poster
    assert "Source: office." in poster
    assert "var(" not in poster


def test_what_other_processes_draw_is_waited_for_and_drawn_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = pd.DataFrame({"area": ["East", "West"], "visits": [4, 7]})
    chart = charts.describe(
        alt.Chart(rows).mark_point().encode(x="visits:Q", y="area:N"),
        label="area",
        value="visits",
        unit="visits",
        noun="areas",
        titles={"area": "Area", "visits": "Visits"},
    )
    payload = figure(
        chart,
        rows,
        name="visits",
        finding="Up to {visits.max}.",
        source="A",
        evidence="made up",
        as_of="2020",
        missing="none",
    ).payload
    begun: list[str] = []
    monkeypatch.setattr(drawing, "_begun", {})

    def noted(work: Callable[..., None], *given: object) -> Future[None]:
        begun.append(work.__name__)
        return submit(work, *given)

    with ThreadPoolExecutor(1) as pool:
        submit = pool.submit
        monkeypatch.setattr(pool, "submit", noted)
        elsewhere = drawing.Elsewhere(pool, tmp_path)
        # On a worksheet and in its solution.
        elsewhere.draw([payload, payload])
        assert set(drawing.drawings(payload, tmp_path)) == {"wide", "phone"}
        elsewhere.finish()
        assert drawing.downloads(payload, tmp_path)["png"].startswith(b"\x89PNG")
        elsewhere.draw([payload])
    assert begun == ["_draw", "_picture"]


@pytest.mark.parametrize(("item", "expected"), [("S1.A1.E1", "inv-s1-a1-e1"), ("D5", "inv-d5"), ("REF", "inv-ref")])
def test_anchor_of_an_inventory_item(item: str, expected: str) -> None:
    assert coverage.anchor(item) == expected


def test_dataset_section_says_publisher_license_and_caveat() -> None:
    package = {
        "title": "Areas",
        "description": "What.",
        "as_of": "2010",
        "kind": "estimates",
        "caveats": ["Old."],
        "sources": [{"title": "Office", "path": "https://example.org"}],
        "licenses": [{"title": "Terms"}],
        "resources": [
            {"path": "a.csv", "schema": {"fields": [{"name": "n", "description": "number", "unit": "years"}]}}
        ],
    }
    text = "\n".join(reading.dataset_lines(package))
    for said in ("## Areas", "[Office](https://example.org)", "Terms", "Old.", "| `n` | number | years |"):
        assert said in text
