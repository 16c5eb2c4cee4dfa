"""Check the tables that the book's diagrams are drawn from, told from published pages, and describe them anew.

They are written by hand, in a text editor or a spreadsheet; no publisher has them as a file.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

from equityguide import data

FOLDER = Path(__file__).resolve().parent

if __name__ == "__main__":
    tables = [resource["path"] for resource in data.describe(FOLDER.name)["resources"]]
    try:
        maker.write(FOLDER, {path: (FOLDER / path).read_bytes() for path in tables})
    except ValueError as error:
        sys.exit(str(error))
    print(f"Checked {FOLDER.name}.")
