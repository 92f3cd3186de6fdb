"""What is asked of a page in JavaScript. Pure."""

from __future__ import annotations

USABLE = "input:visible, button:visible, a:visible, summary:visible, [role=button]:visible, [role=link]:visible"
USABLE += ", [role=menuitem]:visible"
OVER = """start => {
  for (let each = start; each && each !== document.body; each = each.parentElement) {
    const lies = ['fixed', 'sticky'].includes(getComputedStyle(each).position)
    if (lies || each.matches('dialog, [role=dialog], [role=alertdialog]')) return each.innerText ?? ''
  }
  return ''
}"""
FACTS = """all => all.map((each, index) => ({
  index, tag: each.localName, name: each.getAttribute('name') ?? '', id: each.id,
  type: (each.matches('a, summary, [role]:not(input, button)') ? '' : each.type ?? '').toLowerCase(),
  autocomplete: each.getAttribute('autocomplete') ?? '', placeholder: each.placeholder ?? '',
  label: (each.labels?.[0]?.innerText ?? each.getAttribute('aria-label') ?? each.title ?? '').trim(),
  text: (each.matches('input[type=submit], input[type=button]') ? each.value
    : each.innerText ?? '').trim().replace(/\\s+/g, ' '),
  over: (OVER)(each),
  form: each.form ? [...document.forms].indexOf(each.form) : -1,
  opens: !each.matches('input') && (each.localName === 'summary' || each.hasAttribute('aria-haspopup')
    || each.getAttribute('aria-expanded') === 'false' || !each.matches('a[href]:not([href^="#"])')
    && /dropdown|menu/.test(`${each.className} ${each.dataset.bsToggle} ${each.dataset.toggle}`)),
}))""".replace("OVER", OVER)
QUIET_MS, LONGEST_QUIET_MS = 300, 4000
QUIET = """([quiet, longest]) => new Promise(done => {
  let timer = setTimeout(end, quiet)
  const seen = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(end, quiet) })
  function end() { seen.disconnect(); done() }
  seen.observe(document, {subtree: true, childList: true, attributes: true, characterData: true})
  setTimeout(end, longest)
})"""
