"""Faults of the pages that a journey visits: of their documents, of what belongs to them, and within them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from smoke.answers.exchange import Exchange, NoAnswer, Request
from smoke.judging.blame import blame_of_status
from smoke.model import Blame
from smoke.proof.catalogue.answers import ERROR_PAGE, status
from smoke.proof.catalogue.network import BLAMES, first_fails, unanswered
from smoke.proof.journey_fault import JourneyFault, Recorded, destination, implied

BAD = (500, 502, 503, 404)
EVERY = 3
ASSETS = {"script": "scripts", "style": "stylesheets", "image": "images", "font": "fonts"}
UNSEEN = frozenset({Blame.ASSERTION, Blame.SLOW})
"""What is not on the page, or cannot be clicked, is waited for in vain."""
JS_ERROR = frozenset({Blame.JS_ERROR})
GONE = frozenset({Blame.APP_4XX})
BESIDES = {"script": frozenset({Blame.SAFETY}), "style": frozenset({Blame.ASSERTION})}
"""A form without its script is sent by the browser itself, to an address that no permit names. Of a stylesheet that is
an error page, the browser tells only that it is none."""
ONCE_THERE = "addEventListener('DOMContentLoaded', () => {{ {0} }})"
WARNING = "console.warn('injected: this will be removed some day')"
CONSOLE = ONCE_THERE.format("console.error('injected: something is wrong')")
EXCEPTION = ONCE_THERE.format("setTimeout(() => { throw new TypeError('injected: cannot read properties of null') })")
REJECTION = ONCE_THERE.format("Promise.reject(new Error('injected: request failed'))")
COVER = """(() => {
  const cover = () => {
    const root = document.documentElement;
    if (!root || document.getElementById('injected-cover')) return;
    const over = document.createElement('div');
    over.id = 'injected-cover';
    over.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:rgba(0,0,0,.5)';
    root.append(over);
  };
  addEventListener('DOMContentLoaded', cover);
  setInterval(cover, 50);
})()"""
DISABLE = """(() => {
  const disable = () => document.querySelectorAll('button, input[type=submit]').forEach(each => each.disabled = true);
  const begin = () => {
    disable();
    const all = {childList: true, subtree: true, attributes: true, attributeFilter: ['disabled']};
    new MutationObserver(() => document.querySelector('button:enabled, input[type=submit]:enabled') && disable())
      .observe(document.documentElement, all);
  };
  addEventListener('DOMContentLoaded', begin);
})()"""
NO_SOCKET = """globalThis.WebSocket = class extends WebSocket {
  constructor() { super('ws://127.0.0.1:9/nobody-is-there') }
}"""
DEAF = """for (const kind of ['click', 'submit', 'pointerdown', 'mousedown'])
  addEventListener(kind, event => { event.preventDefault(); event.stopImmediatePropagation(); }, true)"""


@implied
def _documents(recorded: Recorded) -> Iterator[JourneyFault]:
    if not recorded.documents():
        return
    about = recorded.is_document
    for code in BAD:
        yield JourneyFault(
            name=f"status-{code}", about=about, act=status(code), blames=frozenset({blame_of_status(code)})
        )
    for how, blame in BLAMES.items():
        yield JourneyFault(name=how.value, about=about, act=unanswered(how), blames=frozenset({blame}))
    yield JourneyFault(name="blank-page", about=about, act=blank, blames=UNSEEN)
    yield JourneyFault(name="first-request-fails", about=about, act=first_fails, blames=frozenset(), flaky=True)


def blank(good: Exchange, _number: int) -> Exchange:
    """Leave a good answer without its body."""
    return replace(good, body=b"") if good.status < 300 else good


@implied
def _assets(recorded: Recorded) -> Iterator[JourneyFault]:
    for kind, name in ASSETS.items():

        def about(request: Request, kind: str = kind) -> bool:
            return destination(request) == kind and recorded.owns(request.url) and not _is_icon(request)

        if any(about(each.request) for each in recorded.exchanges):
            blames = GONE | BESIDES.get(kind, frozenset())
            yield JourneyFault(name=f"{name}-gone", about=about, act=status(404), blames=blames)
            half = unanswered(NoAnswer.TRUNCATED)
            yield JourneyFault(name=f"{name}-truncated", about=about, act=half, blames=blames - GONE | {Blame.TCP})
            if kind == "style":
                yield JourneyFault(
                    name=f"{name}-are-pages", about=about, act=_page, blames=frozenset({Blame.ASSERTION})
                )


def _page(good: Exchange, _number: int) -> Exchange:
    """Answer as a server does that has a page for whatever it does not know, and goes by the end of the name."""
    return replace(good, body=ERROR_PAGE)


def _is_icon(request: Request) -> bool:
    """Tell whether the browser asks for itself."""
    return request.url.endswith("/favicon.ico")


@implied
def _others(recorded: Recorded) -> Iterator[JourneyFault]:
    """What a page loads of third parties may be down: whoever watches this application is not called for that."""

    def about(request: Request) -> bool:
        return not recorded.owns(request.url)

    if any(about(each.request) for each in recorded.exchanges):
        yield JourneyFault(name="third-party-down", about=about, act=unanswered(NoAnswer.REFUSED), blames=frozenset())
        yield JourneyFault(name="third-party-404", about=about, act=status(404), blames=frozenset())


@implied
def _one_in_three(recorded: Recorded) -> Iterator[JourneyFault]:
    """One server of three is down, and the balancer does not know."""
    ours = [each for each in recorded.exchanges if recorded.owns(each.request.url)]
    if len(ours) >= EVERY:
        yield JourneyFault(
            name="every-third-fails",
            about=lambda request: recorded.owns(request.url),
            act=_every_third,
            blames=frozenset({Blame.APP_5XX, *BESIDES["script"]}),
        )


def _every_third(good: Exchange, number: int) -> Exchange:
    return good if number % EVERY else replace(good, status=503, body=b"")


@implied
def _in_page(recorded: Recorded) -> Iterator[JourneyFault]:
    if not recorded.documents():
        return
    yield JourneyFault(name="console-error", script=CONSOLE, blames=JS_ERROR)
    yield JourneyFault(name="uncaught-exception", script=EXCEPTION, blames=JS_ERROR)
    yield JourneyFault(name="unhandled-rejection", script=REJECTION, blames=JS_ERROR)
    yield JourneyFault(name="console-warning", script=WARNING, blames=frozenset())
    if recorded.sockets:
        yield JourneyFault(name="socket-refused", script=NO_SOCKET, blames=JS_ERROR | UNSEEN)
    if recorded.clicked:
        yield JourneyFault(name="page-covered", script=COVER, blames=UNSEEN)
        yield JourneyFault(name="clicks-do-nothing", script=DEAF, blames=UNSEEN)
    if "BUTTON" in recorded.clicked:
        yield JourneyFault(name="buttons-disabled", script=DISABLE, blames=UNSEEN)
