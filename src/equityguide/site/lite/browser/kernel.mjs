// The notebook's Python in its worker. The page starts it before JupyterLab's own scripts are here, so that the two load
// side by side; JupyterLab then gets this worker where it would have made one. WORKER is the script it would have run,
// PYTHON is our python.mjs.
import "./@PYTHON@";
import "./@WORKER@";
