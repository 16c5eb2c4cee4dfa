"""The copy of the worksheets that runs in a reader's browser: JupyterLite on Pyodide, hosted by the site itself.

`fetch` gets the parts and checks each against its SHA-256, `wheel` packs and compiles Python's side, `build` lays
out the folder `lite/`, `page` writes what readers meet in it. Nothing of it is loaded until a reader asks.
"""
