// Stands where JupyterLab's kernel looks for Pyodide: loads it at once with all packages, and imports what every
// worksheet needs, without waiting to be asked. LOCK is Pyodide's list of packages, PACKAGES are their names.
import { loadPyodide as load } from "./static/pyodide/pyodide.mjs";

const place = new URL("./static/pyodide/", import.meta.url).href;
const told = { stdout: console.log, stderr: console.error };
const started = (async () => {
  const python = await load({
    indexURL: place,
    lockFileURL: new URL("./@LOCK@", import.meta.url).href,
    packages: @PACKAGES@,
    stdout: (text) => told.stdout(text),
    stderr: (text) => told.stderr(text),
  });
  await python.runPythonAsync(
    "import pyodide_kernel\nfrom equityguide import figure\nfrom equityguide.worksheets import journal, live",
  );
  return python;
})();
started.catch(() => {}); // who asks for it is told

export function loadPyodide(options) {
  Object.assign(told, { stdout: options.stdout, stderr: options.stderr });
  return started;
}
