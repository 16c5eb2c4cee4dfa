"""YAML, read by the parser in C where there is one: a build reads its front matter and guides many times."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def loaded(text: str) -> Any:
    """What a YAML text holds. Raises `yaml.YAMLError` for one that is broken."""
    return yaml.load(text, Loader=_LOADER)
