"""Makes items in a thread of their own while earlier ones are processed."""

import threading
from collections.abc import Generator, Iterable
from queue import Full, Queue
from typing import TypeVar

Item = TypeVar("Item")

_PATIENCE = 0.1  # s between two checks of a waiting thread whether it must stop


def read_ahead(items: Iterable[Item], most: int = 4) -> Generator[Item, None, None]:
    """The same items in the same order, made a few ahead in a thread of their own.

    Useful where making them releases Python's global lock, as decoders and networks do.
    Closing the generator early stops the thread.

    Args:
        items: iterated over in another thread.
        most: items made ahead.

    Raises:
        Exception: whatever making an item raised, at its place.
    """
    waiting: Queue[tuple[bool, Item | BaseException | None]] = Queue(most)
    wanted = threading.Event()
    wanted.set()
    thread = threading.Thread(target=_make, args=(items, waiting, wanted), daemon=True)
    thread.start()
    try:
        while True:
            more, item = waiting.get()
            if isinstance(item, BaseException):
                raise item
            if not more:
                return
            yield item  # type: ignore[misc]
    finally:
        wanted.clear()
        thread.join()


def _make(items: Iterable[Item], waiting: Queue, wanted: threading.Event) -> None:
    try:
        for item in items:
            if not _put((True, item), waiting, wanted):
                return
        _put((False, None), waiting, wanted)
    except BaseException as error:  # noqa: BLE001  it is raised where the items are used
        _put((False, error), waiting, wanted)


def _put(what: tuple, waiting: Queue, wanted: threading.Event) -> bool:
    """Pass on an item; False if the generator was closed."""
    while wanted.is_set():
        try:
            waiting.put(what, timeout=_PATIENCE)
        except Full:
            continue
        return True
    return False
