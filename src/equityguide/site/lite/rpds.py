"""What jsonschema and referencing use of `rpds`, in Python: collections of which a change is another one.

The package itself is compiled and there is no build of it for the browser. Without it only an old jsonschema runs
there, which walks the whole schema of Vega-Lite at each of the hundreds of checks that a chart takes. What is kept
here is small, so a change copies it. Travels in the wheel `rpds-py` of the browser copy (see `wheel`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Pairs = Mapping[Key, Value] | Iterable[tuple[Key, Value]]


class HashTrieMap(Mapping[Key, Value]):
    """A mapping that never changes."""

    __slots__ = ("_held",)

    def __init__(self, pairs: Pairs[Key, Value] = ()) -> None:
        self._held: dict[Key, Value] = dict(pairs)

    @classmethod
    def convert(cls, pairs: Pairs[Key, Value]) -> HashTrieMap[Key, Value]:
        """`pairs` as a mapping of this kind; one that is so already stays itself."""
        return pairs if isinstance(pairs, HashTrieMap) else cls(pairs)

    def __getitem__(self, key: Key) -> Value:
        return self._held[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def insert(self, key: Key, value: Value) -> HashTrieMap[Key, Value]:
        """This mapping with `value` at `key`."""
        return HashTrieMap({**self._held, key: value})

    def remove(self, key: Key) -> HashTrieMap[Key, Value]:
        """This mapping without `key`. Raises `KeyError` if it has none."""
        held = dict(self._held)
        del held[key]
        return HashTrieMap(held)

    def update(self, *others: Pairs[Key, Value]) -> HashTrieMap[Key, Value]:
        """This mapping with all pairs of `others`, of which the last to name a key has it."""
        held = dict(self._held)
        for other in others:
            held.update(other)
        return HashTrieMap(held)


class HashTrieSet(frozenset[Value]):
    """A set that never changes."""

    def insert(self, value: Value) -> HashTrieSet[Value]:
        """This set with `value`."""
        return HashTrieSet((*self, value))

    def discard(self, value: Value) -> HashTrieSet[Value]:
        """This set without `value`, whether it was there or not."""
        return HashTrieSet(one for one in self if one != value)

    def update(self, *others: Iterable[Value]) -> HashTrieSet[Value]:
        """This set with all values of `others`."""
        return HashTrieSet(self.union(*others))


class List(tuple[Value, ...]):
    """A list that never changes and grows at its head."""

    def push_front(self, value: Value) -> List[Value]:
        """This list with `value` before all others."""
        return List((value, *self))
