"""Check the tables that two drawings are made of, all of it invented, and describe them anew."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

if __name__ == "__main__":
    maker.main_by_hand(__file__)
