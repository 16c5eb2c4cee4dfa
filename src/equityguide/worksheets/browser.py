"""The reader's browser as the place where Python runs: how a file gets out of it.

There Python has a file store of its own that no other program sees, kept by the browser. What a reader is to have is
therefore handed to the page, which offers it as a download. Nothing is sent to any host.
"""

from __future__ import annotations

import importlib
import sys


def here() -> bool:
    """Whether this is Python in a browser."""
    return sys.platform == "emscripten"


def offer(name: str, content: bytes) -> None:
    """Have the page offer `content` as a download called `name`."""
    js, ffi = importlib.import_module("js"), importlib.import_module("pyodide.ffi")
    file = {"name": name, "content": content}
    js.postMessage(ffi.to_js({"equityguideFile": file}, dict_converter=js.Object.fromEntries))
