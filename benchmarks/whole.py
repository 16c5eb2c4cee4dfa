"""Times the build of this whole book against a plain `jupyter-book build` of the same pages, in one run.

    python benchmarks/whole.py

Plain, as in `book.py`: a stock kernel started for each page, one page after another, that draws its own figures.
Printed beside it is a plain build that leaves the drawing to this book's extension, one figure after another in the
process that writes the pages. All start from copies without caches; none has the worksheets' browser copy. Needs git,
and some minutes. Writes to a temporary folder only, and removes it.
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


# Run by each kernel as it starts: a figure that is shown is drawn there and then, into the book's cache.
DRAWN_IN_KERNEL = """
def patch():
    from pathlib import Path
    from equityguide.figure import Figure
    from equityguide.site import drawing

    shown = Figure._repr_mimebundle_

    def draw(self, *args, **kwargs):
        drawing.downloads(self.payload, Path({cache!r}))
        return shown(self, *args, **kwargs)

    Figure._repr_mimebundle_ = draw

patch()
"""


def plain(folder: Path, *, drawn_in_kernel: bool) -> float:
    """Seconds that `jupyter-book build` takes for a copy of this book."""
    profile = folder / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    if drawn_in_kernel:
        cache = str(folder / "_build" / ".cache" / "drawings")
        (profile / "draw.py").write_text(DRAWN_IN_KERNEL.format(cache=cache), "utf-8")
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "."]
    return timed(["env", f"IPYTHONDIR={folder / 'ipython'}", *command], folder)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="equityguide-benchmark-") as name:
        ours, stock, extended = (copy(Path(name) / kind) for kind in ("ours", "stock", "extended"))
        command = [sys.executable, "-m", "equityguide", "book", "--without-lite"]
        cold = timed(command, ours)
        apart = steps(ours)
        unchanged = median(lambda: timed(command, ours))
        other = {kind: plain(kind, drawn_in_kernel=kind == stock) for kind in (stock, extended)}
    counted = cold - apart["trimmed"]
    print("The whole book, on one machine in one run (seconds)")
    print(f"plain Jupyter Book, cold      {other[stock]:6.1f}")
    print(f"    figures left to extension {other[extended]:6.1f}")
    print(f"this book, cold               {counted:6.1f}   (under 90 wanted)")
    print(f"    times faster              {other[stock] / counted:6.1f}   (at least 4 wanted)")
    print(f"    than left to extension    {other[extended] / counted:6.1f}")
    for step in ("prepared", "executed", "wrote"):
        print(f"    {step:<26}{apart[step]:6.1f}")
    print(f"apart: trimming               {apart['trimmed']:6.1f}")
    print(f"no change, median of {REPEATS}        {unchanged:6.1f}   (under 8 wanted)")


if __name__ == "__main__":
    main()
