"""The words and pages of the browser copy."""

from __future__ import annotations

import json

import pytest

from equityguide.site.lite import page

ABOUT = {"equityguide": {"title": "Map <it>", "minutes": 45}}


def notebook(*markdown: str, about: dict[str, object] | None = None) -> str:
    """A learner's copy with these text cells."""
    cells = [
        {"cell_type": "markdown", "id": f"c{n}", "metadata": {}, "source": text} for n, text in enumerate(markdown)
    ]
    return json.dumps({"cells": cells, "metadata": ABOUT if about is None else about})


def words(sheet: page.Sheet) -> str:
    """All text of a worksheet."""
    return "\n".join(cell["source"] for cell in json.loads(sheet.notebook)["cells"])


def test_route_paragraphs_are_replaced_and_the_rest_stays() -> None:
    made = words(
        page.sheet(
            "one",
            notebook(
                "# One\n\n**45 minutes**. It goes with [Build will](../book/x.md) and [a map](https://example.org).",
                "**To start:** open the *Run* menu.\n\nKept.\n\n**Who sees what you type?** If you downloaded\nit, you.",
                "## Journal\n\nThe file goes into the folder of this notebook and nowhere else. Your\nmarks never go into it.",
            ),
        )
    )
    assert "goes with Build will and [a map](https://example.org)." in made
    assert "Run* menu" not in made
    assert "downloaded\nit" not in made
    assert "Kept." in made
    assert page.PROMISE in made
    assert page.SHARED in made
    assert "folder of this notebook" not in made
    assert "Your\nmarks never go into it." in made


def test_a_private_worksheet_keeps_its_promise() -> None:
    about = {"equityguide": {**ABOUT["equityguide"], "private": True}}
    text = "**Who sees what you type?** This worksheet is private.\nOn a server they could look in.\n\nKept."
    private, other = page.sheet("talk", notebook(text, about=about)), page.sheet("one", notebook(text))
    assert (private.private, other.private) == (True, False)
    assert page.PRIVATE in words(private)
    assert page.PRIVATE_SHARED in words(private)
    assert "Kept." in words(private)
    for kept in (page.PROMISE, page.SHARED, "this browser remembers", "journal"):
        assert kept not in words(private)
    start = page.start([private, other], [], "1", "store")
    told = json.loads(start.split('id="equityguide-lite" type="application/json">')[1].split("</script>")[0])
    assert [one["private"] for one in told["worksheets"]] == [True, False]
    assert page.PRIVATE in start
    assert page.PRIVATE_SHARED in start


def test_a_notebook_without_title_or_minutes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"exercises/one\.ipynb names no title and minutes"):
        page.sheet("one", notebook("# One", about={}))


def test_another_text_is_another_edition() -> None:
    one, two = (page.sheet("one", notebook(text)) for text in ("# One", "# One, mended"))
    assert one.edition != two.edition
    assert one.edition == page.sheet("one", notebook("# One")).edition


def test_the_start_page_cannot_be_broken_by_a_title() -> None:
    sheet = page.sheet("one", notebook("# One"))
    made = page.start([sheet], [{"path": "a.whl", "size": 2_000_000, "what": "a</script>"}], "1", "store")
    assert "Map &lt;it&gt;" in made
    assert "</script>" not in made.split('id="equityguide-lite" type="application/json">')[1].split("</script>\n")[0]
    assert "about 2 MB" in made


def test_the_notebook_page_states_the_policy_before_any_script() -> None:
    stock = '<!DOCTYPE html><html>\n<head>\n<title>J</title><script>a()</script></head><body class="x"></body></html>'
    made = page.notebook(stock, "static/v.js", "k.mjs", ["one", "two"])
    assert made.index("Content-Security-Policy") < made.index("<script>")
    assert '<html lang="en">' in made
    script = (
        '<script src="../worksheet.js" data-vega="static/v.js" data-kernel="k.mjs" data-private="one two"></script>'
    )
    assert f'<body class="x">{script}' in made
