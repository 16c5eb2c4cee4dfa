"""Shows the built site on this machine only."""

import errno
import functools
import http.server
import os
from pathlib import Path

HOST = "127.0.0.1"
# Windows takes types from its registry, where some programs write wrong ones.
TYPES = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
}


class ServeFailed(ValueError):
    """The site cannot be shown; the text says why in one sentence."""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files with the right types and no caching, since the site may be built again while it is shown."""

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        return TYPES.get(Path(path).suffix) or super().guess_type(path)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


def server(site: Path, port: int) -> http.server.ThreadingHTTPServer:
    """A server for the folder `site` on 127.0.0.1 (port 0: any free one); not started yet.

    Raises `ServeFailed` if the site is not built or the port cannot be had.
    """
    if not (site / "index.html").exists():
        raise ServeFailed(f"There is no site in {site} yet. Run `make book` first.")
    try:
        return http.server.ThreadingHTTPServer((HOST, port), functools.partial(Handler, directory=str(site)))
    except OverflowError:
        raise ServeFailed(f"Ports go from 1 to 65535, not to {port}. Choose another: make serve PORT=8000.") from None
    except PermissionError:
        raise ServeFailed(f"This system keeps port {port} for itself. Choose another: make serve PORT=8000.") from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise ServeFailed(f"Port {port} cannot be used ({error.strerror}).") from None
        raise ServeFailed(f"Port {port} is taken. Choose another: make serve PORT={port + 1}.") from None


def serve(site: Path, port: int) -> None:
    """Serve the folder `site` until Ctrl-C."""
    with server(site, port) as running:
        print(f"The book is at http://{HOST}:{running.server_address[1]}/ (Ctrl-C ends it).", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()
