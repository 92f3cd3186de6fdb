"""Faults of the elements that a journey uses, one after the other: not there, out of reach, or something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import assert_never

from smoke.model import Blame
from smoke.proof.catalogue.pages import UNSEEN
from smoke.proof.element import Element, Use
from smoke.proof.journey_fault import JourneyFault, Recorded, implied

MISSED = UNSEEN | {Blame.JS_ERROR}
"""A script may stumble over what is not there before anybody looks for it."""
RENAMED = "Something else"
ON_EACH = """(() => {
  const of = %s, text = each => (each.textContent || '').replace(/\\s+/g, ' ').trim();
  const found = () => location.pathname !== of.path || !document.documentElement ? []
    : [...document.querySelectorAll(of.css)].filter(each => of.text === null || text(each) === of.text);
  const spoil = each => { %s };
  const go = () => { const all = found(); all.slice(%d).forEach(spoil); };
  const watch = () => new MutationObserver(go).observe(document, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['disabled'],
  });
  watch(); go(); addEventListener('DOMContentLoaded', go);
})()"""
"""Does something to an element whenever it is there."""
REMOVE = "each.remove()"
DISABLE = "if (!each.disabled) each.disabled = true"
ENABLE = "if (each.disabled) each.disabled = false"
RENAME = f"""const named = each.labels?.length ? [...each.labels] : [each];
  for (const name of ['aria-label', 'placeholder', 'title']) if (each.hasAttribute(name)) each.setAttribute(name, '');
  for (const one of named) {{
    if (one === each && 'labels' in each && !each.matches('button')) continue;
    if (text(one) !== '{RENAMED}') one.textContent = '{RENAMED}';
  }}"""
COVER = """if (each.smokeCover) return;
  const over = each.smokeCover = document.createElement('div');
  over.style.cssText = 'position:absolute;z-index:2147483647;background:gray';
  each.style.setProperty('pointer-events', 'none', 'important');
  const follow = () => {
    const {x, y, width, height} = each.getBoundingClientRect();
    const places = {left: x + scrollX, top: y + scrollY, width, height};
    for (const [name, value] of Object.entries(places)) over.style[name] = `${value}px`;
    if (!over.isConnected) document.documentElement.append(over);
    requestAnimationFrame(follow);
  };
  follow();"""
"""What scrolls otherwise than its page, as a header that stays, is a frame ahead of what covers it: nothing hits it
in that frame either."""


@implied
def _elements(recorded: Recorded) -> Iterator[JourneyFault]:
    for used in recorded.used:
        yield from _of(used.element, used.use)


def _of(element: Element, use: Use) -> Iterator[JourneyFault]:
    name = element.label
    match use:
        case Use.SEEN:
            yield JourneyFault(name=f"element-missing {name}", script=_script(element, REMOVE), blames=MISSED)
        case Use.COUNTED:
            if element.count > 1:
                script = _script(element, REMOVE, keep=element.count - 1)
                yield JourneyFault(name=f"one-missing {name}", script=script, blames=MISSED)
        case Use.NAMED:
            yield JourneyFault(name=f"text-wrong {name}", script=_script(element, RENAME), blames=MISSED)
        case Use.CLICKED:
            yield JourneyFault(name=f"element-covered {name}", script=_script(element, COVER), blames=UNSEEN)
        case Use.ABLE:
            if element.is_control:
                yield JourneyFault(name=f"element-disabled {name}", script=_script(element, DISABLE), blames=UNSEEN)
        case Use.UNABLE:
            yield JourneyFault(name=f"element-enabled {name}", script=_script(element, ENABLE), blames=UNSEEN)
        case _:
            assert_never(use)


def _script(element: Element, what: str, keep: int = 0) -> str:
    """Return what does ``what`` to ``element``, but for the first ``keep`` of several."""
    found = json.dumps({"path": element.path, "css": element.css, "text": element.text})
    return ON_EACH % (found, what, keep)


@implied
def _title(recorded: Recorded) -> Iterator[JourneyFault]:
    if recorded.looks_at_title:
        script = f"setInterval(() => {{ if (document.title !== '{RENAMED}') document.title = '{RENAMED}' }}, 10)"
        yield JourneyFault(name="title-wrong", script=script, blames=UNSEEN)
