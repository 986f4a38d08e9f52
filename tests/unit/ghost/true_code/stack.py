"""Last in, first out."""

from collections.abc import Callable, Iterator


class Stack:
    """A list that only its end is used of."""

    def __init__(self, limit: int = 100) -> None:
        self.items: list[str] = []
        self.limit = limit

    def push(self, item: str) -> None:
        if len(self.items) >= self.limit:
            raise ValueError(f"more than {self.limit} items")
        self.items.append(item)

    def pop(self) -> str | None:
        try:
            return self.items.pop()
        except IndexError:
            return None

    def found(self, test: Callable[[str], bool]) -> Iterator[str]:
        for number, item in enumerate(self.items):
            if test(item):
                yield f"{number}: {item}"
            elif item == "(":
                yield "a bracket"
            else:
                continue


def joined(items: list[str], sign: str = ", ") -> str:
    pairs = {
        "first": items[0],
        "last": items[-1],
    }
    return sign.join([*items, *pairs.values()])
