"""Works that are done at the same time, in bounded time, whatever becomes of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from queue import Empty, SimpleQueue
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


def at_once(works: Mapping[K, Callable[[], T]], ends: float) -> dict[K, T]:
    """Do ``works`` at the same time; return what each came to, by name, if it did before ``ends`` (monotonic seconds).

    One that is late is left behind in a daemon thread, which does not keep the process. They must not raise: whoever
    does is late.
    """
    answers: SimpleQueue[tuple[K, T]] = SimpleQueue()

    def answer(name: K) -> None:
        answers.put((name, works[name]()))

    for name in works:
        threading.Thread(target=answer, args=(name,), name=f"at-once-{name}", daemon=True).start()
    done: dict[K, T] = {}
    while len(done) < len(works):
        try:
            name, came = answers.get(timeout=max(0.0, ends - time.monotonic()))
        except Empty:
            break
        done[name] = came
    return done
