"""The list of pages is what Sphinx itself would list, on every page of a book with captions and nested pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import small_book
import yaml
from bs4 import BeautifulSoup
from sphinx.application import Sphinx

from equityguide.site import navigation
from equityguide.site.build import build

TOC = {
    "format": "jb-book",
    "root": "book/index",
    "parts": [
        {
            "caption": "Ask & count",
            "chapters": [
                {"file": "book/one", "sections": [{"file": "book/deep/two"}, {"file": "book/deep/three"}]},
                {"file": "book/four"},
            ],
        },
        {"caption": "Later", "chapters": [{"file": "book/five"}]},
    ],
}


def test_pages_are_listed_as_sphinx_lists_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_book.write(tmp_path, {"one": "# One & only", "four": "# Isn't `it` <so>?", "five": "# Five"})
    (tmp_path / "book" / "deep").mkdir()
    for name in ("two", "three"):
        (tmp_path / "book" / "deep" / f"{name}.md").write_text(f"# {name}\n\n## Below\n", "utf-8")
    (tmp_path / "_toc.yml").write_text(yaml.safe_dump(TOC, sort_keys=False), "utf-8")
    seen: dict[str, tuple[str, str]] = {}
    replace = navigation.replace

    def compared(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
        settings = {"maxdepth": 4, "collapse": False, "includehidden": True, "titles_only": True}
        own = str(context["toctree"](**settings))
        replace(app, pagename, template, context, doctree)
        seen[pagename] = own, context["toctree"](**settings)

    monkeypatch.setattr(navigation, "replace", compared)
    build(tmp_path)
    assert {"book/index", "book/one", "book/deep/two", "book/five", "search"} <= seen.keys()
    for page, (own, ours) in seen.items():
        shown = [BeautifulSoup(text, "html.parser").prettify().replace("&#x27;", "'") for text in (own, ours)]
        assert shown[0] == shown[1], page
    assert seen["book/five"][1].count("current") == 3
