"""The network between smoke and its target."""

from __future__ import annotations

import socket

from sabotage.case import Exit, sabotage
from sabotage.ended import Ended
from sabotage.ground import Ground
from sabotage.shop import shop
from sabotage.target import Mood

NOBODY = "127.0.0.1:9"
"""Nobody listens at the discard port."""


@sabotage(
    "dns-dead", "no name is resolved, nobody else is reached", Exit.INCONCLUSIVE, says="this runner reaches neither"
)
def dns_dead(ground: Ground) -> Ended:
    shop(ground, url="http://shop.invalid", control=NOBODY)
    return ground.run()


@sabotage(
    "dns-of-target-dead", "the target's name is not resolved, others are reached", Exit.FAIL, says="NAME_NOT_RESOLVED"
)
def dns_of_target_dead(ground: Ground) -> Ended:
    shop(ground, url="http://shop.invalid")
    return ground.run()


@sabotage("proxy-refusing", "the proxy refuses every connection", Exit.INCONCLUSIVE, says="proxy")
def proxy_refusing(ground: Ground) -> Ended:
    shop(ground, url="http://shop.invalid")
    proxy = f"http://{NOBODY}"
    return ground.run("--check", "shop", http_proxy=proxy, https_proxy=proxy, HTTP_PROXY=proxy, HTTPS_PROXY=proxy)


@sabotage("target-refusing", "nobody listens at the target's address", Exit.FAIL, says="CONNECTION_REFUSED")
def target_refusing(ground: Ground) -> Ended:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # bound, and not listening
        shop(ground, url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        return ground.run()


def in_mood(ground: Ground, mood: Mood) -> Ended:
    """Run against a target that answers in this way."""
    shop(ground)
    ground.target.mood = mood
    return ground.run()


@sabotage("target-silent", "the target accepts and never answers", Exit.FAIL, says="shop.opens failed")
def target_silent(ground: Ground) -> Ended:
    return in_mood(ground, Mood.SILENT)


@sabotage("target-dripping", "the target answers one byte a second", Exit.FAIL, says="shop.opens failed")
def target_dripping(ground: Ground) -> Ended:
    return in_mood(ground, Mood.DRIPPING)


@sabotage("target-hanging-up", "the target hangs up without an answer", Exit.FAIL, says="net::ERR_EMPTY_RESPONSE")
def target_hanging_up(ground: Ground) -> Ended:
    return in_mood(ground, Mood.RUDE)


@sabotage(
    "run-timed-out", "the run's time is over before its target answers", Exit.INCONCLUSIVE, says="time-out of 4 s"
)
def run_timed_out(ground: Ground) -> Ended:
    shop(ground, timeout_s=4, timeout_ms=20_000)
    ground.target.mood = Mood.SILENT
    return ground.run()
