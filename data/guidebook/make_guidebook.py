"""Check the tables that the book's diagrams are drawn from, told from published pages, and describe them anew."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

if __name__ == "__main__":
    maker.main_by_hand(__file__)
