"""Original drawings from tables of rows: the framework, cascades, boards, power maps, counts, dates."""

from equityguide.charts.diagrams.bars import bars, timeline
from equityguide.charts.diagrams.board import board
from equityguide.charts.diagrams.framework import framework, framework_rows
from equityguide.charts.diagrams.power_map import power_map
from equityguide.charts.diagrams.tree import tree

__all__ = ["bars", "board", "framework", "framework_rows", "power_map", "timeline", "tree"]
