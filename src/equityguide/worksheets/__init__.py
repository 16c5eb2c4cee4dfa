"""Worksheets: forms a reader fills in, checks that answer in one sentence, a journal, and the two notebook
copies.

Nothing here sends anything anywhere: answers live in the running notebook, and in a file only when the reader
saves one.
"""
