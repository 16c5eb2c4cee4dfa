"""The type cannot be put on by hand."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest
from attackers import one_period

from equityguide.suppression import Suppressed, derive, require, suppress


@pytest.fixture
def safe() -> Suppressed:
    return suppress(one_period({"race": [(4, 300), (71, 400), (925, 2000)]}))


def test_suppress_makes_one(safe: Suppressed) -> None:
    assert isinstance(safe, Suppressed)
    assert isinstance(safe, pd.DataFrame)
    assert require(safe) is safe


def test_nobody_else_does(safe: Suppressed) -> None:
    with pytest.raises(TypeError, match="never by hand"):
        Suppressed(pd.DataFrame(safe))
    forged = pd.DataFrame(safe).copy()
    forged.__class__ = Suppressed
    with pytest.raises(TypeError, match="changed"):
        require(forged)
    for other in (pd.DataFrame(safe), None, "table"):
        with pytest.raises(TypeError, match="has not been through suppress"):
            require(other)


def test_what_pandas_makes_of_it_is_plain(safe: Suppressed) -> None:
    for made in (safe.copy(), safe.head(2), safe[safe["status"] == "shown"], safe.merge(safe), safe.assign(x=1)):
        assert type(made) is pd.DataFrame


@pytest.mark.parametrize("change", ["cell", "column", "rename", "index"])
def test_a_changed_table_is_refused(safe: Suppressed, change: str) -> None:
    if change == "cell":
        safe.loc[0, "events"] = 4
    elif change == "column":
        safe["rate"] = 0.1
    elif change == "rename":
        safe.columns = [*safe.columns[:-1], "other"]
    else:
        safe.index = [2, 1, 0]
    with pytest.raises(TypeError, match="changed after"):
        require(safe)


def test_it_does_not_survive_a_pickle(safe: Suppressed) -> None:
    with pytest.raises(TypeError):
        require(pickle.loads(pickle.dumps(safe)))


def test_derived_tables_are_suppressed_too(safe: Suppressed) -> None:
    def rates(counts: pd.DataFrame) -> pd.DataFrame:
        assert type(counts) is pd.DataFrame
        return counts.assign(rate=counts["events"] / counts["denominator"])

    derived = derive(rates, safe)
    assert require(derived)["rate"].isna().tolist() == [True, True, False]
    assert require(derive(lambda a, b: pd.concat([a, b]), safe, derived)).shape[0] == 6
    with pytest.raises(TypeError, match="has not been through"):
        derive(rates, pd.DataFrame(safe))
