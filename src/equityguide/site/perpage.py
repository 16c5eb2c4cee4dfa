"""What pages give while Sphinx reads them, for pages and files that are written from all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

Given = TypeVar("Given")


@dataclass(frozen=True)
class PerPage(Generic[Given]):
    """Page name -> what it gave, kept under `name` in Sphinx's environment, which lasts between builds."""

    name: str

    def __call__(self, env: BuildEnvironment) -> dict[str, Given]:
        found: dict[str, Given] = vars(env).setdefault(f"equityguide_{self.name}", {})
        return found

    def purge(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page that is about to be read again."""
        self(env).pop(docname, None)
