"""What is asked of a page, in its own language."""

from __future__ import annotations

from smoke.running import vitals

LONGEST_TEXT = 200_000
LEAVING = "smokeIsLeft"
VIEW = """([meta, longest]) => ({
  id: performance.timeOrigin, url: location.href,
  text: (function words(root) {
    const shown = root.innerText === undefined ? [...root.children].filter(each => !each.matches('style')) : [root];
    const parts = shown.map(each => each.innerText);
    for (const each of root.querySelectorAll('*')) {
      if (each.shadowRoot) parts.push(words(each.shadowRoot));
      if (each.matches('iframe, frame') && each.contentDocument?.body) parts.push(words(each.contentDocument.body));
    }
    return parts.join('\\n');
  })(document.body ?? document).slice(0, longest),
  images: [...document.images].filter(image => image.complete && image.currentSrc && !image.naturalWidth
    && image.checkVisibility()).map(image => image.currentSrc),
  ruleless: [...document.styleSheets].filter(sheet => {
    try { return sheet.href && !sheet.cssRules.length } catch { return false }
  }).map(sheet => sheet.href),
  hidden: [...document.querySelectorAll('input[type=hidden], meta[content]')]
    .filter(each => /token|csrf|xsrf|nonce/i.test(each.name || each.id)).map(each => each.value ?? each.content),
  build: meta ? document.querySelector(`meta[name="${CSS.escape(meta)}"]`)?.content ?? null : null,
})"""
BLANK = """() => document.readyState === 'complete' && !document.hidden && !document.body?.innerText.trim()
  && ![...document.querySelectorAll('*')].some(each => each.matches(
    'img, svg, canvas, video, audio, iframe, frame, embed, object, input, textarea, select, button'
  ) && each.checkVisibility() || each.shadowRoot)"""
UNSTYLED = """() => {
  const links = [...document.querySelectorAll('link[rel~=stylesheet]')].filter(link => !link.disabled);
  const rules = sheet => { try { return sheet.cssRules.length } catch { return 1 } };
  return links.length > 0 && links.every(link => link.sheet) && !document.adoptedStyleSheets.length
    && ![...document.styleSheets].some(rules);
}"""
LOOK = f"""async ([what, patience_ms]) => {{
  await ({vitals.LOADED})(patience_ms);
  const blank = patience_ms > 0 && ({BLANK})(), unstyled = patience_ms > 0 && ({UNSTYLED})();
  return {{...({VIEW})(what), address: ({vitals.ADDRESS})(), timings: ({vitals.TIMINGS})(), blank, unstyled}};
}}"""
"""With patience, it says of a page that is loaded whether there is anything on it, and any rule in its stylesheets."""
WHEN_LEFT = f"""if (window === top) addEventListener('beforeunload', () => {{
  window.{LEAVING}({{...({VIEW})(%s), address: ({vitals.ADDRESS})(), timings: ({vitals.TIMINGS})()}});
}})"""
