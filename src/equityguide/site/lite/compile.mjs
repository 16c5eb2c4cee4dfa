// Runs compile.py in the very Python that readers get, so that its byte code fits: node compile.mjs RUNTIME IN OUT
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [runtime, wheels, out] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${runtime}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: `${runtime}/`, env: { PYTHONHASHSEED: "0" } });
for (const [name, root] of [["/in", wheels], ["/out", out]]) {
  python.FS.mkdirTree(name);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, name);
}
python.runPython(readFileSync(new URL("./compile.py", import.meta.url), "utf-8"));
