"""Every wheel of /in into /out with byte code in place of source; runs inside Pyodide (see compile.mjs).

In a browser, compiling pandas and Altair takes longer than loading them. The byte code names the source's hash and
is not checked against it, since there is no source beside it. Tests, stubs and speed-ups for other machines stay out.
"""

import importlib.util
import marshal
import zipfile
from pathlib import Path

# PEP 552: the magic number, then "named by the source's hash, which is not to be checked".
HEAD = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")
WHEN = (1980, 1, 1, 0, 0, 0)
LEFT_OUT = ("/tests/", "/testing/plugin/", ".data/")
ENDINGS = (".pyi", ".c", ".pyx", ".pxd", ".h", ".exe", "-linux-gnu.so", "/RECORD")


def entries(wheel: zipfile.ZipFile) -> list[tuple[str, bytes]]:
    """What a wheel's compiled form holds, in the order of the names."""
    found = []
    for name in sorted(wheel.namelist()):
        if name.endswith(("/", *ENDINGS)) or any(part in name for part in LEFT_OUT):
            continue
        content = wheel.read(name)
        if name.endswith(".py"):
            code = compile(content, name, "exec", dont_inherit=True, optimize=0)
            content = HEAD + importlib.util.source_hash(content) + marshal.dumps(code)
            name += "c"
        found.append((name, content))
    return found


for path in sorted(Path("/in").glob("*.whl")):
    with zipfile.ZipFile(path) as wheel:
        listed = entries(wheel)
    with zipfile.ZipFile(Path("/out") / path.name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, content in listed:
            made.writestr(zipfile.ZipInfo(name, WHEN), content, zipfile.ZIP_DEFLATED, 9)
