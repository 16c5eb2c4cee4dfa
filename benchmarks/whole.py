"""Times the build of this whole book against a plain `jupyter-book build` of the same pages, in one run.

    python benchmarks/whole.py

Plain: a kernel started for each page, one page after another, and every figure drawn by the one process that writes
the pages. Both start from copies without caches; neither has the worksheets' browser copy. Needs git, and some
minutes. Writes to a temporary folder only, and removes it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from book import REPEATS, ROOT, median, steps, timed


def copy(target: Path) -> Path:
    """The files that git tracks, as they are now, and the installed Node.js packages."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes((ROOT / name).read_bytes())
    (target / "node_modules").symlink_to(ROOT / "node_modules")
    return target


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="equityguide-benchmark-") as name:
        ours, plain = copy(Path(name) / "ours"), copy(Path(name) / "plain")
        command = [sys.executable, "-m", "equityguide", "book", "--without-lite"]
        cold = timed(command, ours)
        apart = steps(ours)
        unchanged = median(lambda: timed(command, ours))
        stock = timed([str(Path(sys.executable).with_name("jupyter-book")), "build", "."], plain)
    counted = cold - apart["trimmed"]
    print("The whole book, on one machine in one run (seconds)")
    print(f"plain Jupyter Book, cold      {stock:6.1f}")
    print(f"this book, cold               {counted:6.1f}   (under 90 wanted)")
    print(f"    times faster              {stock / counted:6.1f}   (at least 4 wanted)")
    for step in ("prepared", "executed", "drew", "wrote"):
        print(f"    {step:<26}{apart[step]:6.1f}")
    print(f"apart: trimming               {apart['trimmed']:6.1f}")
    print(f"no change, median of {REPEATS}        {unchanged:6.1f}   (under 8 wanted)")


if __name__ == "__main__":
    main()
