"""Executing pages: warm kernels that know nothing of each other, a cache that is found again, clear failures."""

from __future__ import annotations

import asyncio
import functools
import io
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small_book
from small_book import cell, gone, page

from equityguide.site import warm
from equityguide.site.execute import ExecutedNotebook, PageFailed, Progress, fill

CONFIG = {"nb_execution_mode": "cache", "nb_execution_timeout": 60}

linux = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


def run(book: Path, *names: str, said: io.StringIO | None = None, **more: Any) -> list[ExecutedNotebook]:
    """Execute pages of `book` into a cache of its own."""
    config = {**CONFIG, **more.pop("config", {})}
    docs = [f"book/{name}" for name in names]
    return fill(book, docs, book / "cache", Progress(said or io.StringIO()), config, **more)


def texts(executed: ExecutedNotebook) -> list[str]:
    return list(executed.outputs("text/plain"))


def test_pages_do_not_see_each_other(tmp_path: Path) -> None:
    """What one page does to shared libraries, modules, folders or the environment is gone in the next."""
    change = cell(
        "import builtins, os, sys\nimport altair, pandas\nbuiltins.left = 1\nos.environ['LEFT'] = '1'\n"
        "pandas.set_option('display.max_rows', 3)\naltair.renderers.enable('svg')\nsys.modules['left'] = os\n"
        "os.chdir('/')\n'changed'"
    )
    look = cell(
        "import builtins, os, sys\nimport altair, pandas\n"
        "hasattr(builtins, 'left'), os.environ.get('LEFT'), pandas.get_option('display.max_rows'), "
        "altair.renderers.active, 'left' in sys.modules, os.path.basename(os.getcwd())"
    )
    pages = {
        name: page(name, change if name.startswith("change") else look)
        for name in ("change-1", "look-1", "change-2", "look-2")
    }
    for executed in run(small_book.write(tmp_path / "b", pages), *pages):
        expected = "'changed'" if "change" in executed.docname else "(False, None, 60, 'default', False, 'book')"
        assert texts(executed) == [expected]


def test_a_kernel_is_as_freshly_started(tmp_path: Path) -> None:
    code = cell("import os, sys, numpy\nsys.argv[0], os.environ['EQUITYGUIDE_BOOK'], __name__") + cell(
        "float(numpy.random.random())"
    )
    one, two = run(small_book.write(tmp_path / "b", {n: page(n, code) for n in ("a", "b")}), "a", "b")
    assert texts(one)[0].endswith("ipykernel_launcher.py', '1', '__main__')")
    assert texts(one)[1] != texts(two)[1], "numpy must not draw the same numbers in every page"


def test_what_is_cached_is_not_executed_again(tmp_path: Path) -> None:
    book = small_book.write(tmp_path / "b", {"one": page("One", cell("1 + 1")), "text": "# Only words\n"})
    said = io.StringIO()
    (first,) = run(book, "one", "text", said=said)
    assert re.fullmatch(r"executed book/one\.md \(1 of 1, \d+\.\d s\)\n", said.getvalue())
    said = io.StringIO()
    (second,) = run(book, "one", "text", said=said)
    assert (first.seconds is not None, second.seconds) == (True, None)
    assert texts(first) == texts(second) == ["2"]
    assert said.getvalue() == ""


def test_a_cache_cut_short_is_mended(tmp_path: Path) -> None:
    book = small_book.write(tmp_path / "b", {"one": page("One", cell("1 + 1"))})
    run(book, "one")
    (stored,) = (book / "cache").rglob("base.ipynb")
    stored.write_text(stored.read_text()[:100])
    (again,) = run(book, "one")
    assert again.seconds is not None
    assert texts(again) == ["2"]
    stored.unlink()
    assert texts(run(book, "one")[0]) == ["2"]


def test_failures_name_page_cell_line_and_error_and_the_rest_is_kept(tmp_path: Path) -> None:
    bad = page("Bad", cell("1"), cell(":tags: [remove-input]\n\nx = 1\nundefined + x"))
    slow = page("Slow", cell("import time\ntime.sleep(30)"))
    dead = page("Dead", cell("import os\nos._exit(1)"))
    book = small_book.write(tmp_path / "b", {"bad": bad, "slow": slow, "dead": dead, "good": page("G", cell("3"))})
    with pytest.raises(PageFailed) as failure:
        run(book, "bad", "slow", "dead", "good", config={"nb_execution_timeout": 2})
    line = 1 + bad.splitlines().index("undefined + x")
    assert str(failure.value).split("\n\n") == [
        f"book/bad.md, cell 2 (line {line}): NameError: name 'undefined' is not defined\n  undefined + x",
        "book/slow.md, cell 1 (line 10): ran longer than 2 s and was stopped. Make it faster.",
        "book/dead.md, cell 1 (line 10): ended its kernel (it crashed, was killed or ran out of memory).",
    ]
    assert run(book, "good")[0].seconds is None


def test_an_ipynb_page_and_an_unknown_kernel(tmp_path: Path) -> None:
    book = small_book.write(tmp_path / "b", {"other": page("O", cell("1")).replace("python3", "julia")})
    import nbformat

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("2 + 2")])
    nbformat.write(notebook, book / "book" / "sheet.ipynb")
    assert texts(run(book, "sheet")[0]) == ["4"]
    with pytest.raises(PageFailed, match=r"book/other\.md asks for the kernel 'julia'\. Write python3"):
        run(book, "other")
    with pytest.raises(PageFailed, match=r"neither book/missing\.md nor book/missing\.ipynb"):
        run(book, "missing")


def test_stock_kernels_give_the_same(tmp_path: Path) -> None:
    code = cell("import pandas\npandas.DataFrame({'a': [1]})")
    book = small_book.write(tmp_path / "b", {"one": page("One", code)})
    (stock,) = run(book, "one", provider=functools.partial(warm.kernels, warm=False))
    (book / "cache").rename(book / "set-aside")
    (forked,) = run(book, "one")
    assert [c.get("outputs") for c in stock.notebook.cells] == [c.get("outputs") for c in forked.notebook.cells]


@linux
@pytest.mark.parametrize("module", ["vl_convert", "polars", "duckdb", "pyspark"])
def test_unsafe_modules_are_named(module: str) -> None:
    assert warm.refusal(["sys", module], 1) is not None
    assert warm.refusal(["sys"], 2) is not None
    assert warm.refusal(["sys", "pandas"], 1) is None


@linux
def test_the_server_refuses_to_start_with_v8_loaded(tmp_path: Path) -> None:
    code = (
        "import runpy, sys, vl_convert\n"
        f"sys.argv = ['warm.py', {str(tmp_path / 'server')!r}]\n"
        f"runpy.run_path({warm.__file__!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        "The server of warm kernels does not start with vl_convert (V8) loaded, since a fork of it would hang: "
        "import it inside the function that uses it.\n"
    )


@linux
@pytest.mark.parametrize(
    ("ending", "name"),  # by its name: Windows, where this file is read too, has no SIGKILL
    [
        (lambda kernel: kernel.terminate(), "SIGTERM"),
        (lambda kernel: kernel.kill(), "SIGKILL"),
        (lambda kernel: os.kill(kernel.pid, signal.SIGKILL), "SIGKILL"),
    ],
)
def test_a_kernel_ends_on_signals_and_its_status_is_known(ending: Callable[[Any], None], name: str) -> None:
    async def one(kernels: warm.Kernels) -> int:
        manager = kernels.manager()
        await manager.start_kernel()
        client = await warm.connect(manager)
        process = manager.provisioner.process
        assert process.poll() is None
        ending(process)
        ended = await asyncio.to_thread(process.wait)
        assert not await manager.is_alive()
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return int(ended)

    with warm.kernels() as kernels:
        assert asyncio.run(one(kernels)) == -signal.Signals[name]


BUILD = """
import asyncio, sys, time
from equityguide.site import warm

async def main(kernels):
    manager = kernels.manager()
    await manager.start_kernel()
    client = await warm.connect(manager)
    client.execute("import subprocess; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True)")
    while True:
        message = await client.get_iopub_msg(timeout=10)
        if message["msg_type"] == "stream":
            print(manager.provisioner.pid, message["content"]["text"].strip(), kernels.folder, flush=True)
            break
    time.sleep(60)

with warm.kernels() as kernels:
    asyncio.run(main(kernels))
"""


@linux
def test_nothing_is_left_running_when_the_build_is_killed() -> None:
    """SIGKILL leaves it no chance to clean up: the server sees its pipe close and ends its kernels."""
    build = subprocess.Popen([sys.executable, "-c", BUILD], stdout=subprocess.PIPE, text=True)
    assert build.stdout is not None
    kernel, child, folder = build.stdout.readline().split()
    server = int(Path(f"/proc/{kernel}/stat").read_text().rsplit(")", 1)[1].split()[1])
    build.kill()
    build.communicate()
    assert [gone(int(pid)) for pid in (server, kernel, child)] == [True, True, True]
    shutil.rmtree(folder)


@linux
def test_kernels_end_with_the_server() -> None:
    async def one(kernels: warm.Kernels) -> int:
        manager = kernels.manager()
        await manager.start_kernel()
        pid = int(manager.provisioner.pid)
        server = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        os.kill(server, signal.SIGKILL)
        assert gone(pid)
        assert manager.provisioner.process.wait() == -signal.SIGKILL
        return pid

    with warm.kernels() as kernels:
        asyncio.run(one(kernels))
