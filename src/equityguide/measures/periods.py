"""Periods in the order of time."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_SORTABLE = re.compile(r"\d{4}([- ]?(Q[1-4]|H[12]|W\d{2}|\d{2}(-\d{2})?))?", re.ASCII)


def in_time(periods: pd.Series) -> NDArray[np.intp]:
    """The rank of each row's period: numbers, dates, ordered categories, or texts such as 2024, 2024-03, 2024-Q1.

    Raises `ValueError` naming the row whose period has no order, such as "March", or where two forms are mixed.
    """
    if isinstance(periods.dtype, pd.CategoricalDtype) and periods.cat.ordered:
        return np.asarray(periods.cat.codes, np.intp)
    if not pd.api.types.is_numeric_dtype(periods) and not pd.api.types.is_datetime64_any_dtype(periods):
        texts = periods.astype(str)
        form = re.sub(r"\d", "0", texts.iloc[0])
        for row, text in enumerate(texts, start=1):
            if not _SORTABLE.fullmatch(text) or re.sub(r"\d", "0", text) != form:
                raise ValueError(
                    f"Row {row}: the period {text!r} has no place in time beside {texts.iloc[0]!r}. "
                    "Write all periods in one form: 2024, 2024-03 or 2024-Q1."
                )
        periods = texts
    return np.unique(periods.to_numpy(), return_inverse=True)[1].astype(np.intp)
