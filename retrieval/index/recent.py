"""What was looked up lately, up to a size."""

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """A cache that forgets what was used least lately when its sizes pass ``limit``."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Value, size: int) -> Value:
        """Keep ``value``, which takes ``size``, and return it."""
        old = self._kept.pop(key, None)
        self._size += size - (old[1] if old else 0)
        self._kept[key] = (value, size)
        while self._size > self._limit and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._size -= dropped
        return value

    def clear(self) -> None:
        self._kept.clear()
        self._size = 0
