"""Shared by the makers' tests."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

import pytest

from equityguide import data


@pytest.fixture
def makers(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The makers' shared module, importable as the scripts import it, and every script beside it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(data.root()))
    for package in data.catalog():
        monkeypatch.syspath_prepend(str(data.root() / package["name"]))
    return importlib.import_module("maker")


@pytest.fixture
def server() -> Iterator[tuple[str, dict[str, Any]]]:
    """A web server whose answers the test sets: path -> (status, headers, body) or a function of the handler."""
    answers: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers[self.path.partition("?")[0]]
            if callable(answer):
                answer(self)
                return
            status, headers, body = answer
            self.send_response(status)
            for header, value in headers.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        web.daemon_threads = True
        thread = threading.Thread(target=web.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{web.server_port}", answers
        web.shutdown()
        thread.join()
