// Stands where JupyterLab's kernel looks for Pyodide: loads it at once with all packages, and imports what every
// worksheet needs, without waiting to be asked. WHEELS are the packages' files, UNPACKED those of them that hold more
// than modules.
import { loadPyodide as load } from "./static/pyodide/pyodide.mjs";

const place = new URL("./static/pyodide/", import.meta.url).href;
const told = { stdout: console.log, stderr: console.error };
const wheels = @WHEELS@;
const unpacked = @UNPACKED@;

async function got(name) {
  const answer = await fetch(place + name);
  if (!answer.ok) throw new Error(`the file ${name} did not arrive`);
  return answer.arrayBuffer();
}

// Not by Pyodide's own `loadPackage`: that unpacks thousands of modules and compiles each library, asked for or not.
// Python reads modules out of a wheel as it is, and compiles a library when it is imported: seconds less.
const started = (async () => {
  const contents = wheels.map(got);
  Promise.all(contents).catch(() => {}); // told below
  const python = await load({
    indexURL: place,
    lockFileURL: `${place}lock.json`,
    stdout: (text) => told.stdout(text),
    stderr: (text) => told.stderr(text),
  });
  const folder = "/packages";
  python.FS.mkdirTree(folder);
  for (const [at, name] of wheels.entries()) {
    const content = await contents[at];
    if (unpacked.includes(name)) python.unpackArchive(content, "zip", { extractDir: folder });
    else python.FS.writeFile(`${folder}/${name}`, new Uint8Array(content));
  }
  const paths = [folder, ...wheels.filter((name) => !unpacked.includes(name)).map((name) => `${folder}/${name}`)];
  python.pyimport("sys").path.extend(python.toPy(paths));
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
