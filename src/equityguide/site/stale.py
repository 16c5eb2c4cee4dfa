"""What a page's outputs depend on besides its own cells, as one short digest.

jupyter-cache knows a page by its code cells alone, so a changed data file, module or lock file would
leave old outputs standing. The digest of those is a folder name in the path of the cache: another digest,
another cache.
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def digest(root: Path) -> str:
    """Sixteen hexadecimal digits over src/**/*.py, data/**, requirements.lock and the version of Python.

    Only names below `root` and contents count, never times or absolute paths: the same files give the same
    digest in any folder. Code that runs from outside `root` (an installed equityguide) counts too.
    """
    root = root.resolve()
    code = [root / "src"] if PACKAGE.is_relative_to(root) else [root / "src", PACKAGE]
    parts = [sys.version]
    parts += [fingerprint(folder, (f for f in files(folder) if f.suffix == ".py")) for folder in code]
    parts.append(fingerprint(root, [*files(root / "data"), *files(root / "requirements.lock")]))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def files(path: Path) -> Iterator[Path]:
    """Every file below `path` (or `path` itself), but caches and hidden ones; nothing if there is none."""
    if path.is_file():
        yield path
    elif path.is_dir():
        for entry in path.iterdir():
            if entry.name != "__pycache__" and not entry.name.startswith("."):
                yield from files(entry)


def fingerprint(root: Path, paths: Iterable[Path]) -> str:
    """SHA-256 over the names (relative to `root`) and contents of `paths`, in the order of the names."""
    total = hashlib.sha256()
    for name, path in sorted((path.relative_to(root).as_posix(), path) for path in paths):
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
