"""Read one batch ahead: while one is being judged, the next is read on the other core."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
_FIN = object()


@contextmanager
def prefetch(elements: Iterator[T]) -> Iterator[Iterator[T]]:
    """The same elements in the same order, at most one of them waiting; an error of their source is raised here.

    >>> with prefetch(iter([1, 2, 3])) as lus:
    ...     list(lus)
    [1, 2, 3]
    """
    attente: queue.Queue = queue.Queue(maxsize=1)
    abandon = threading.Event()

    def put(element: object) -> bool:
        while not abandon.is_set():
            try:
                attente.put(element, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def read() -> None:
        try:
            for element in elements:
                if not put((element, None)):
                    return
        except BaseException as erreur:  # told to whoever waits for the next element
            put((None, erreur))
        put((_FIN, None))

    lecteur = threading.Thread(target=read, daemon=True)
    lecteur.start()
    try:
        yield _take(attente)
    finally:
        abandon.set()
        lecteur.join()


def _take(attente: queue.Queue) -> Iterator:
    while True:
        element, erreur = attente.get()
        if erreur is not None:
            raise erreur
        if element is _FIN:
            return
        yield element
