"""Prefetches items in a thread while earlier ones are processed."""

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")

_END = object()


def read_ahead(items: Iterable[Item], most: int = 4) -> Generator[Item, None, None]:
    """The same items in the same order, made a few ahead in a thread of their own.

    Useful where making them releases Python's global lock, as decoders and networks do.
    Closing the generator early stops the thread. What making an item raises comes at its place.
    """
    source = iter(items)
    pool = ThreadPoolExecutor(1)
    try:
        ahead = deque(pool.submit(next, source, _END) for _ in range(most + 1))
        while (item := ahead.popleft().result()) is not _END:
            ahead.append(pool.submit(next, source, _END))
            yield item  # type: ignore[misc]
    finally:
        pool.shutdown(cancel_futures=True)
