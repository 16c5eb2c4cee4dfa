"""Kernels forked from one process that has everything imported already.

A stock kernel spends two to four seconds importing IPython, pandas and Altair before its first cell. On Linux
a build starts one server that imports them once and forks a child for each page; a child is an ordinary
ipykernel and knows nothing of its siblings. Elsewhere each page gets a stock kernel. `kernels` chooses.

The server's protocol, on a Unix socket in a private folder, one connection a kernel: the client sends one
line of JSON ({"argv": [...], "cwd": "...", "env": {...}}) and reads the process id as a line. After that each
byte it sends is the number of a signal for the kernel and its children, and the end of the connection means
SIGKILL; the server sends the exit status as a second line when the kernel is gone.

Run as a script (`python -P warm.py ADDRESS`) this file is the server, so that it loads nothing else of
`equityguide.site`.
"""

import asyncio
import contextlib
import ctypes
import functools
import gc
import importlib
import json
import logging
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

ADDRESS = "EQUITYGUIDE_WARM"
PRELOAD = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "tornado.platform.asyncio",
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython",
    "pandas",
    "altair",
    "equityguide.data",
    "equityguide.charts.diagrams",
    "equityguide.charts.gap",
    "equityguide.charts.people",
    "equityguide.charts.places",
    "equityguide.charts.time",
    "equityguide.figure",
    "equityguide.measures",
    "equityguide.worksheets.forms",
    "equityguide.worksheets.journal",
)
# Their own threads do not survive a fork, and a child that waits for one hangs or dies.
UNSAFE = {"vl_convert": "vl_convert (V8)", "polars": "polars", "duckdb": "duckdb", "pyspark": "pyspark"}
KERNEL = ("-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False")
KERNEL_NAME = "python3"
# One thread of linear algebra: it forks safely, and sums come out the same whatever the number of cores. The last is
# for pyarrow, which pandas loads where it is installed, and whose allocator starts a thread on import.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
# The address of a Unix socket holds 108 characters, some 30 of them ours.
LONGEST_FOLDER = 70
PR_SET_PDEATHSIG = 1
# What Jupyter logs of a kernel that dies or hangs, the exception says better.
QUIET = logging.getLogger("equityguide.kernels")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False
SOON = 0.005  # seconds


class WarmServerFailed(ValueError):
    """The server of warm kernels refused to start; the text is its sentence."""


# --- the server ---


def refusal(modules: Iterable[str], threads: int) -> str | None:
    """The sentence of a process that must not be forked, having these modules loaded; None if it may."""
    loaded = sorted(UNSAFE[name] for name in set(modules) & set(UNSAFE))
    if loaded:
        return (
            f"The server of warm kernels does not start with {' and '.join(loaded)} loaded, since a fork of "
            "it would hang: import it inside the function that uses it."
        )
    if threads > 1:
        return (
            f"The server of warm kernels does not start with {threads} threads running, since a fork of it "
            "could hang: a module it loads starts them on import."
        )
    return None


def serve(address: str) -> None:
    """Load the modules, listen on the Unix socket `address`, fork a kernel for each connection.

    Ends, and ends every kernel, when standard input closes: the process that started the build is gone then.
    """
    # A kernel loads the debugger's hundred modules as it starts, unless the debugger is not there.
    modules: dict[str, Any] = sys.modules
    modules["debugpy"] = None
    for name in PRELOAD:
        importlib.import_module(name)
    del modules["debugpy"]
    sentence = refusal(sys.modules, len(list(Path("/proc/self/task").iterdir())))
    if sentence:
        raise SystemExit(sentence)
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        os.write(1, b"ready\n")
        _Server(listener).run()


class _Server:
    """Forks, signals and reaps kernels; one thread, one loop."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.kernels: dict[int, socket.socket] = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ)
        self.selector.register(0, selectors.EVENT_READ)
        # A byte arrives here with each SIGCHLD, which wakes the loop.
        self.wake, self.waker = socket.socketpair()
        for end in (self.wake, self.waker):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.waker.fileno())
        self.selector.register(self.wake, selectors.EVENT_READ)

    def run(self) -> None:
        while True:
            for key, _ in self.selector.select():
                if key.fileobj == 0:
                    if not os.read(0, 4096):
                        self.end()
                        return
                elif key.fileobj is self.listener:
                    self.start(self.listener.accept()[0])
                elif key.fileobj is self.wake:
                    self.wake.recv(4096)
                    self.reap()
                elif isinstance(key.fileobj, socket.socket):
                    self.pass_on(key.data, key.fileobj)

    def start(self, connection: socket.socket) -> None:
        with connection.makefile("rb", buffering=0) as stream:
            request = json.loads(stream.readline())
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                self.close(connection)
                _be_kernel(request, server)
            finally:
                os._exit(1)
        self.kernels[pid] = connection
        self.selector.register(connection, selectors.EVENT_READ, data=pid)
        with contextlib.suppress(OSError):
            connection.sendall(f"{pid}\n".encode())

    def close(self, connection: socket.socket) -> None:
        """In the child: drop everything that belongs to the server or to another kernel."""
        signal.set_wakeup_fd(-1)
        self.selector.close()
        for end in (self.listener, self.wake, self.waker, connection, *self.kernels.values()):
            end.close()

    def pass_on(self, pid: int, connection: socket.socket) -> None:
        if pid not in self.kernels:
            return
        try:
            signals = connection.recv(64)
        except OSError:
            signals = b""
        if not signals:
            self.selector.unregister(connection)
        for number in signals or bytes([signal.SIGKILL]):
            _kill_group(pid, number)

    def reap(self) -> None:
        for pid in list(self.kernels):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                # What the kernel's cells started goes with it.
                _kill_group(pid, signal.SIGKILL)
                connection = self.kernels.pop(pid)
                with contextlib.suppress(KeyError):
                    self.selector.unregister(connection)
                with contextlib.suppress(OSError):
                    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
                connection.close()

    def end(self) -> None:
        for pid in self.kernels:
            _kill_group(pid, signal.SIGKILL)


def _kill_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        # The child has not come to its `setsid` yet, or its whole group is gone.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _be_kernel(request: Mapping[str, Any], server: int) -> None:
    """In the child: become the kernel that `python -m ipykernel_launcher` would have been."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        return
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["cwd"])
    # Python's own generator seeds itself after a fork, numpy's does not: all pages would draw alike.
    importlib.import_module("numpy").random.seed()
    arguments = request["argv"][request["argv"].index("-f") :]
    sys.argv = ["ipykernel_launcher.py", *arguments]
    importlib.import_module("ipykernel.kernelapp").launch_new_instance(argv=arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


# --- the client ---


class _Forked:
    """A forked kernel, with the part of `subprocess.Popen` that jupyter_client's local provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, address: str, argv: list[str], cwd: str, env: Mapping[str, str]) -> None:
        self.returncode: int | None = None
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(address)
        self.socket.sendall(json.dumps({"argv": argv, "cwd": cwd, "env": dict(env)}).encode() + b"\n")
        # Unbuffered: `poll` asks the socket, not a buffer, whether there is something to read.
        self.lines = self.socket.makefile("rb", buffering=0)
        line = self.lines.readline()
        if not line:
            raise WarmServerFailed("The server of warm kernels ended before it could start a kernel.")
        self.pid = int(line)

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self.socket], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            line = self.lines.readline()
            self.returncode = int(line) if line else -signal.SIGKILL
            self.lines.close()
            self.socket.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            # It may end, and the server let go of it, at this very moment.
            with contextlib.suppress(OSError):
                self.socket.sendall(bytes([number]))

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ForkProvisioner(LocalProvisioner):
    """Starts kernels through the server whose address the kernel's environment names in EQUITYGUIDE_WARM."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        env = kwargs["env"]
        self.cwd = kwargs.get("cwd") or Path.cwd()
        forked: Any = _Forked(env[ADDRESS], cmd, str(self.cwd), env)
        self.process, self.pid = forked, forked.pid
        # A client that connects before the kernel listens tries again a tenth of a second later, on each channel.
        last = Path(f"{self.connection_info['ip']}-{self.connection_info['hb_port']}")
        while not last.exists() and forked.poll() is None:
            await asyncio.sleep(SOON)
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        await super().kill(restart)
        # SIGKILL takes a moment; the kernel manager would look again in a tenth of a second.
        while await self.poll() is None:
            await asyncio.sleep(SOON)


class Kernels:
    """Makes kernel managers for the pages of one build; see `kernels`."""

    def __init__(self, folder: Path, address: Path | None, wait: Callable[[], None] = lambda: None) -> None:
        self.folder, self.wait = folder, wait
        self.count = 0
        # The specification is ours: neither the user's kernels nor their IPython profile may change a page.
        specification: dict[str, Any] = {
            "argv": [sys.executable, *KERNEL],
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "env": {"EQUITYGUIDE_BOOK": "1", "IPYTHONDIR": str(folder / "ipython"), **ONE_THREAD},
        }
        if address:
            specification["env"][ADDRESS] = str(address)
            specification["metadata"] = {"kernel_provisioner": {"provisioner_name": "equityguide-fork"}}
        target = folder / "kernels" / KERNEL_NAME / "kernel.json"
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(specification), "utf-8")
        self.specs = KernelSpecManager(kernel_dirs=[str(folder / "kernels")], ensure_native_kernel=False)

    def manager(self) -> AsyncKernelManager:
        """A new kernel manager; its kernel is not started yet. Raises what `wait` does."""
        self.wait()
        self.count += 1
        kernel = self.folder / f"k{self.count}"
        manager = AsyncKernelManager(
            kernel_name=KERNEL_NAME,
            kernel_spec_manager=self.specs,
            connection_file=f"{kernel}.json",
            log=QUIET,
        )
        if sys.platform == "linux":
            # Over Unix sockets nobody else on the machine can connect, and two builds cannot pick one port.
            manager.transport, manager.ip = "ipc", str(kernel)
        return manager


async def connect(manager: AsyncKernelManager, patience: float = 60) -> Any:
    """A client of the running kernel of `manager`, once it answers on every channel.

    jupyter_client's own `wait_for_ready` ends by waiting 0.2 s for messages that do not come: too long for each of
    many pages. Here the end of the answer to the client's own question tells that nothing is left to come. Raises
    `RuntimeError` if the kernel ends or does not answer within `patience` seconds.
    """
    client = manager.client()
    client.start_channels()
    until = time.monotonic() + patience
    try:
        while time.monotonic() < until and await manager.is_alive():
            asked = client.kernel_info()
            # A question asked before the kernel knew of this client is answered unheard: ask again.
            with contextlib.suppress(Empty):
                while not _ends(await client.get_iopub_msg(timeout=1), asked):
                    pass
                await client.get_shell_msg(timeout=1)
                return client
        raise RuntimeError("the kernel ended" if time.monotonic() < until else "the kernel does not answer")
    except BaseException:
        client.stop_channels()
        raise


def _ends(message: Mapping[str, Any], asked: str) -> bool:
    return bool(message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle")


@contextlib.contextmanager
def kernels(*, warm: bool = sys.platform == "linux") -> Iterator[Kernels]:
    """Kernels for one build: forked from a new warm server on Linux, stock ones elsewhere.

    The server gets warm while the block goes on; its `wait` waits for it, and raises `WarmServerFailed` with its
    sentence. When the block ends, so do the server and every kernel.
    """
    with tempfile.TemporaryDirectory(prefix="equityguide-", dir=_short_folder(), ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if warm:
            with _server(folder) as (address, wait):
                yield Kernels(folder, address, wait)
        else:
            yield Kernels(folder, None)


def _short_folder() -> str:
    usual = tempfile.gettempdir()
    return usual if sys.platform != "linux" or len(usual) <= LONGEST_FOLDER else "/tmp"


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """The address of a new server, and how to wait until it is warm."""
    address, log = folder / "server", folder / "server.log"
    with log.open("wb") as errors:
        server = subprocess.Popen(
            [sys.executable, "-P", __file__, str(address)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **ONE_THREAD},
            # Ctrl-C reaches the whole group of a terminal; this process ends when the build lets go of it.
            start_new_session=True,
        )
    assert server.stdin is not None
    assert server.stdout is not None
    stdin, stdout = server.stdin, server.stdout

    @functools.cache
    def wait() -> None:
        if stdout.readline() != b"ready\n":
            said = log.read_text("utf-8", "replace").strip().splitlines()
            raise WarmServerFailed(said[-1] if said else "The server of warm kernels ended without a word.")

    try:
        yield address, wait
    finally:
        stdin.close()
        stdout.close()
        server.wait()


if __name__ == "__main__":
    serve(sys.argv[1])
