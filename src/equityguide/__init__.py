"""Closing the Gap: the code behind an executable guidebook on health equity.

One direction holds throughout: data, suppression, measures, charts, figure, page. A module may use what
stands earlier in that line and nothing that stands later (import-linter checks it).
"""
