"""What stands for `rpds` in the browser copy, against `rpds` itself and under the packages that use it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import rpds
from hypothesis import given
from hypothesis import strategies as st

from equityguide.site.lite import rpds as ours

KEYS = st.integers(0, 5)
PAIRS = st.lists(st.tuples(KEYS, st.text(max_size=2)))
STEPS = st.lists(st.tuples(st.sampled_from(["insert", "remove", "update"]), KEYS, PAIRS), max_size=8)


@given(PAIRS, STEPS)
def test_a_mapping_changes_as_theirs_does_and_the_one_before_stays(
    pairs: list[tuple[int, str]], steps: list[tuple[str, int, list[tuple[int, str]]]]
) -> None:
    made: Any = ours.HashTrieMap.convert(pairs)
    real: Any = rpds.HashTrieMap.convert(pairs)
    for step, key, more in steps:
        before, held = made, dict(made)
        if step == "insert":
            made, real = made.insert(key, "new"), real.insert(key, "new")
        elif step == "update":
            made, real = made.update(dict(more), more), real.update(dict(more), more)
        elif key in real:
            made, real = made.remove(key), real.remove(key)
        else:
            for one in (made, real):
                with pytest.raises(KeyError):
                    one.remove(key)
        assert dict(made) == dict(real)
        assert (len(made), made.get(key), key in made) == (len(real), real.get(key), key in real)
        assert dict(before) == held
    assert ours.HashTrieMap.convert(made) is made


@given(st.lists(KEYS), KEYS, st.lists(KEYS))
def test_a_set_and_a_list_change_as_theirs_do(held: list[int], one: int, more: list[int]) -> None:
    made, real = ours.HashTrieSet(held), rpds.HashTrieSet(held)
    assert set(made.insert(one)) == set(real.insert(one))
    assert set(made.discard(one)) == set(real.discard(one))
    assert set(made.update(more, held)) == set(real.update(more, held))
    assert type(made.insert(one).discard(one).update(more)) is ours.HashTrieSet
    assert set(made) == set(held)
    row, theirs = ours.List(held), rpds.List(held)
    assert list(row.push_front(one).push_front(2)) == list(theirs.push_front(one).push_front(2))
    assert bool(row) == bool(theirs)
    assert list(row) == held


CHECK = """
import altair, jsonschema, rpds
assert not hasattr(rpds, "Queue"), "this is not ours"
altair.Chart({"values": [{"a": 1}]}).mark_bar(color="red").encode(x="a:Q", y=altair.value(3)).to_dict()
try:
    altair.Chart().mark_bar().encode(x=altair.X("a:Q", scale=altair.Scale(type="logg"))).to_dict()
except altair.utils.schemapi.SchemaValidationError as error:
    print("logg" in str(error))
print(sorted(e.message for e in jsonschema.Draft202012Validator({"type": "array", "items": {"$ref": "#/$defs/n"},
    "$defs": {"n": {"type": "number"}}}).iter_errors([1, "a"])))
"""


def test_charts_are_checked_with_it(tmp_path: Path) -> None:
    (tmp_path / "rpds").mkdir()
    (tmp_path / "rpds" / "__init__.py").write_bytes(Path(ours.__file__).read_bytes())
    said = []
    for path in ("", str(tmp_path)):
        script = CHECK if path else CHECK.replace("assert not hasattr", "assert hasattr")
        environment = {**os.environ, "PYTHONPATH": path}
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert said[0] == said[1]
    assert said[1].startswith("True")
