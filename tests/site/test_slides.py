"""The slides as a host shows them: nothing overflows, every key works, the notes are there and not on the slide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browsing import Seen, axe
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect
from toc_pages import SLIDES

from equityguide.site import deck, guides

ROOT = Path(__file__).resolve().parents[2]
STEMS = guides.stems(ROOT)
DECK = "book/facilitate/build-will-slides.html"
SIZES = [(1280, 720), (1920, 1080), (1024, 768)]
# The one with the widest drawing, the longest activities, the heaviest theme; all in the full matrix.
FIRST = {"build-will", "strategic-plan", "racism-and-oppression"}
SOME = [
    name if Path(name).stem.removesuffix("-slides") in FIRST else pytest.param(name, marks=pytest.mark.full)
    for name in SLIDES
]

# What stands out of its slide, is cut off, or is set too small to be read from the back of a room: what is read at
# least a fortieth of a slide's height, the source of a figure and the line at the foot at least a fiftieth.
FAULTS = """() => {
  const found = [];
  const unit = Math.min(innerWidth / 100, innerHeight / 56.25);
  for (const slide of document.querySelectorAll('.eg-slide')) {
    const box = slide.getBoundingClientRect();
    if (box.height > innerHeight + 1) found.push(`${slide.id} is ${box.height} high`);
    for (const one of slide.querySelectorAll('*')) {
      const inner = one.getBoundingClientRect();
      if (!inner.width || !inner.height) continue;
      if (one.closest('.eg-hidden')) continue;
      const out = Math.max(box.top - inner.top, inner.bottom - box.bottom, box.left - inner.left, inner.right - box.right);
      if (out > 1) found.push(`${slide.id}: ${one.tagName} stands out by ${out}`);
      if (one.scrollHeight > one.clientHeight + 2 && getComputedStyle(one).overflow !== 'visible') found.push(`${slide.id}: ${one.tagName} is cut`);
    }
    const drawing = slide.querySelector('.eg-drawing');
    const caption = slide.querySelector('figcaption');
    if (drawing) {
      const [a, b] = [drawing.getBoundingClientRect(), caption.getBoundingClientRect()];
      if (a.right > b.left && a.bottom > b.top) found.push(`${slide.id}: the drawing covers its source`);
      const svg = [...drawing.querySelectorAll('svg')].find(one => one.getBoundingClientRect().height);
      const wide = Math.min(svg.getBoundingClientRect().height / svg.viewBox.baseVal.height, svg.getBoundingClientRect().width / svg.viewBox.baseVal.width);
      if (13 * wide < .65 * unit) found.push(`${slide.id}: the drawing's letters are ${13 * wide} high`);
    }
    for (const one of slide.querySelectorAll('h1, h2, p, li, .eg-slide-foot')) {
      const small = one.closest('figcaption, .eg-source, .eg-slide-foot');
      const size = parseFloat(getComputedStyle(one).fontSize);
      if (size < unit * (small ? 1.49 : 2.09)) found.push(`${slide.id}: ${one.tagName} is set in ${size} pixels`);
    }
  }
  return found;
}"""
PLACE = (
    "() => [...document.querySelectorAll('.eg-slide')].findIndex(s => Math.abs(s.getBoundingClientRect().top) < 2) + 1"
)


def soup(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name).read_text("utf-8"), "lxml")


def opened(browser: Browser, address: str, **options: Any) -> Page:
    return_page = browser.new_context(**{"viewport": {"width": 1280, "height": 720}, **options}).new_page()
    return_page.goto(address)
    return return_page


def until(page: Page, script: str, wanted: Any) -> None:
    """Wait until `script` gives `wanted`; Playwright's own way would have the page evaluate, which its policy forbids."""
    for _ in range(50):
        if page.evaluate(script) == wanted:
            return
        page.wait_for_timeout(100)
    assert page.evaluate(script) == wanted


def at(page: Page, number: int) -> None:
    """Slide `number` stands at the top of the window and has the focus."""
    expect(page.locator(f"#slide-{number}")).to_be_focused()
    until(page, PLACE, number)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SOME)
def test_no_slide_is_fuller_than_it_is_high(browser: Browser, site: Path, name: str, size: tuple[int, int]) -> None:
    page = opened(browser, (site / name).as_uri(), viewport={"width": size[0], "height": size[1]})
    assert page.evaluate(FAULTS) == []
    page.context.close()


@pytest.mark.parametrize("stem", STEMS)
def test_slides_say_what_the_guide_says_and_keep_the_notes_off(site: Path, stem: str) -> None:
    page, guide = soup(site, f"book/facilitate/{stem}-slides.html"), guides.load(ROOT, stem)
    wanted, every = deck.slides(guide), page.select(".eg-slide")
    assert [one["aria-label"] for one in every] == [f"Slide {n} of {len(every)}" for n in range(1, len(every) + 1)]
    sections = [one for one in every if "eg-slide-words" not in one.get_attribute_list("class")]
    for slide, section in zip(wanted, sections, strict=True):
        (heading,) = section.select("h1, h2")
        said = section.get_text(" ")
        if not slide.figure:
            assert heading.get_text() == slide.title
        assert [line for line in slide.lines if line not in said] == []
        folded = section.find_next_sibling("details")
        noted = folded.get_text(" ") if folded else ""
        assert [line for note in slide.notes for line in note.lines if line not in noted] == []
    on_screen = " ".join(section.get_text(" ") for section in sections)
    aloud = " ".join(block.say for block in guide.blocks)
    hidden = [line for one in guide.questions for line in (*one.follow, one.redirect) if line not in aloud]
    assert [line for line in hidden if line in on_screen] == []
    assert len(page.select("h1")) == 1


@pytest.mark.parametrize("stem", STEMS)
def test_a_figure_has_its_finding_source_and_words(site: Path, stem: str) -> None:
    page = soup(site, f"book/facilitate/{stem}-slides.html")
    for block in guides.load(ROOT, stem).blocks:
        if block.figure:
            (section,) = [one for one in page.select(".eg-slide") if one.select_one(".eg-drawing")]
            where = page.select_one(f'a[href$="#fig-{block.figure}"]')
            assert where is not None
            target = (site / "book/facilitate" / str(where["href"]).split("#")[0]).resolve()
            original = BeautifulSoup(target.read_text("utf-8"), "lxml").select_one(f"#fig-{block.figure}")
            assert original is not None
            for part in (".eg-note", ".eg-synthetic", ".eg-evidence"):
                texts = [found.get_text() for found in original.select(part)]
                assert [found.get_text() for found in section.select(part)] == texts
            told = page.select(".eg-slide-words")
            source = original.select_one(".eg-source")
            assert source is not None
            assert {found.get_text() for one in told for found in one.select(".eg-source")} == {source.get_text()}
            finding, summary = (original.select_one(part) for part in (".eg-finding", ".eg-summary"))
            drawing, heading = section.select_one("[role=img]"), section.select_one("h2")
            assert finding
            assert summary
            assert drawing
            assert heading
            assert heading.get_text() == finding.get_text()
            assert drawing["aria-labelledby"] == heading["id"]
            described = page.find(id=drawing["aria-describedby"])
            assert described is not None
            assert described.get_text() == summary.get_text()
            words = " ".join(line.get_text() for one in told for line in one.select("li"))
            assert words == f"{finding.get_text()} {summary.get_text()}"


@pytest.mark.parametrize("stem", STEMS)
def test_guide_and_chapter_lead_to_the_slides(site: Path, stem: str) -> None:
    chapter = f"book/{guides.load(ROOT, stem).chapter}.html"
    for name in (f"book/facilitate/{stem}.html", chapter):
        links = {str(link["href"]) for link in soup(site, name).select("article a[href$='-slides.html']")}
        assert [((site / name).parent / link).resolve() for link in links] == [
            site / f"book/facilitate/{stem}-slides.html"
        ]


def test_slides_turn_by_keyboard_and_a_reload_stays(browser: Browser, site: Path) -> None:
    page, seen = opened(browser, "about:blank", reduced_motion="reduce"), Seen()
    seen.watch(page, "file:")
    page.goto((site / DECK).as_uri())
    last = page.locator(".eg-slide").count()
    for key, number in [
        ("ArrowRight", 1), ("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("PageUp", 1),
        ("End", last), ("ArrowRight", last), ("Home", 1), ("PageDown", 2), ("ArrowRight", 3),
    ]:  # fmt: skip
        page.keyboard.press(key)
        at(page, number)
    page.set_viewport_size({"width": 1600, "height": 900})  # full screen, in the middle of a talk
    until(page, PLACE, 3)
    page.reload()
    until(page, PLACE, 3)
    page.keyboard.press("ArrowRight")
    at(page, 4)
    # A browser's own keys are not taken away.
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Shift+PageDown")
    at(page, 4)
    assert not seen.outside
    assert not seen.errors
    page.context.close()


def test_a_slide_taller_than_a_phone_is_read_to_its_end_first(browser: Browser, site: Path) -> None:
    page = opened(browser, (site / DECK).as_uri(), viewport={"width": 360, "height": 300})
    tall = page.evaluate(
        "() => [...document.querySelectorAll('.eg-slide')].findIndex(s => s.offsetHeight > 500 && s.offsetHeight < 3000)"
    )
    page.evaluate(f"location.replace('#slide-{tall + 1}')")
    until(page, PLACE, tall + 1)
    page.keyboard.press("PageDown")
    until(page, f"document.querySelector('#slide-{tall + 1}').getBoundingClientRect().top < -100", True)
    assert page.evaluate(f"document.querySelector('#slide-{tall + 2}').getBoundingClientRect().top") > 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("ArrowRight")
    at(page, tall + 2)
    page.context.close()


def test_without_scripts_links_turn_the_slides_and_a_box_shows_the_notes(browser: Browser, site: Path) -> None:
    page = opened(browser, (site / DECK).as_uri(), java_script_enabled=False)
    assert page.locator(".eg-deck-keys").is_hidden()
    page.locator("#slide-1").get_by_role("link", name="Next, slide 2").click()
    page.locator("#slide-2").get_by_role("link", name="Next, slide 3").click()
    until(page, PLACE, 3)
    said = page.locator(".eg-slide-said").first
    expect(said).not_to_be_visible()
    page.get_by_role("checkbox").check()
    assert said.evaluate("element => element.checkVisibility({ contentVisibilityAuto: true })")
    page.context.close()


@pytest.mark.parametrize("forced", ["none", "active"])
def test_slides_are_accessible_and_fit_in_forced_colors(browser: Browser, site: Path, forced: Any) -> None:
    page = opened(browser, (site / DECK).as_uri(), forced_colors=forced, reduced_motion="reduce", color_scheme="dark")
    page.get_by_role("checkbox").check()
    assert page.locator("details[open]").count() == page.locator("details").count()
    assert axe(page, ROOT) == []
    assert page.evaluate(FAULTS) == []
    page.context.close()
