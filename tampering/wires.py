"""Defects of status, headers and the way."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

from smoke.model import Blame
from tampering.bodies import is_json, is_page
from tampering.defect import Asked, Memory, Reply, harmful, harmless, with_header

SECURITY = ("content-security-policy", "x-frame-options", "x-content-type-options", "referrer-policy")
CHALLENGE = b"<!doctype html><title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x.js></script>"
MAYBE_REFUSED = (Blame.ASSERTION, Blame.ACCOUNT)
"""A login that is answered with a page may have been refused in its words."""


@harmful("length-too-long", "every answer promises ten bytes more than come", Blame.TCP)
def _too_long(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, promised=len(good.body) + 10) if good.body else good


@harmful(
    "length-too-short", "every answer promises ten bytes fewer than come", Blame.ASSERTION, Blame.TCP, Blame.JS_ERROR
)
def _too_short(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, promised=len(good.body) - 10) if len(good.body) > 10 else good


@harmful("closed-after-headers", "the connection is closed after the headers of every JSON document", Blame.TCP)
def _closed(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, hung_up_after=0) if is_json(good) else good


@harmful("one-in-five-500", "every fifth answer is a 500", Blame.APP_5XX)
def _fifth(_asked: Asked, good: Reply, memory: Memory) -> Reply:
    memory.count += 1
    return replace(good, status=500, body=b"{}") if memory.count % 5 == 0 else good


@harmful("one-path-500", "one path that was answered is always a 500", Blame.APP_5XX)
def _one_path(asked: Asked, good: Reply, memory: Memory) -> Reply:
    path = asked.path.partition("?")[0]
    if is_json(good) and asked.method == "GET":
        memory.kept.setdefault("path", path)
    return replace(good, status=500, body=b"{}") if memory.kept.get("path") == path else good


@harmful("one-api-late", "one API path takes three seconds more", Blame.SLOW)
def _late(asked: Asked, good: Reply, memory: Memory) -> Reply:
    path = asked.path.partition("?")[0]
    if is_json(good):
        memory.kept.setdefault("path", path)
    return replace(good, delay_s=3.0) if memory.kept.get("path") == path else good


@harmful("all-to-login", "everything redirects to /login", Blame.ASSERTION, Blame.APP_4XX, Blame.APP_5XX)
def _to_login(asked: Asked, good: Reply, _memory: Memory) -> Reply:
    if "/login" in asked.path:
        return good
    return replace(good, status=302, headers=(*good.headers, ("Location", "/login")), body=b"")


@harmful("gzip-unsaid", "bodies are compressed, and no header says so", Blame.ASSERTION, Blame.JS_ERROR)
def _gzip_unsaid(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=gzip.compress(good.body)) if good.body else good


@harmful("gzip-lie", "a header says that bodies are compressed, and they are not", Blame.ASSERTION, Blame.TCP)
def _gzip_lie(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, headers=with_header(good.headers, "Content-Encoding", "gzip")) if good.body else good


@harmful("charset-wrong", "pages and documents are UTF-16 and said to be UTF-8")
def _charset(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    if not (is_page(good) or is_json(good)):
        return good
    return replace(good, body=good.body.decode().encode("utf-16-le"))


@harmful("page-as-text", "every page is said to be plain text, so that browsers show its source")
def _as_text(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    headers = with_header(good.headers, "Content-Type", "text/plain; charset=utf-8")
    return replace(good, headers=headers) if is_page(good) else good


@harmful("page-as-download", "every page is a download")
def _download(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    headers = with_header(good.headers, "Content-Disposition", 'attachment; filename="page.html"')
    return replace(good, headers=headers) if is_page(good) else good


@harmful("document-as-html", "every JSON document is said to be HTML")
def _as_html(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, headers=with_header(good.headers, "Content-Type", "text/html")) if is_json(good) else good


@harmful("security-headers-gone", "no answer has a security header")
def _unsafe(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, headers=tuple(each for each in good.headers if each[0].lower() not in SECURITY))


@harmful("policy-blocks-all", "a Content-Security-Policy lets pages load nothing", Blame.ASSERTION, Blame.JS_ERROR)
def _policy(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    headers = with_header(good.headers, "Content-Security-Policy", "default-src 'none'")
    return replace(good, headers=headers) if is_page(good) else good


@harmful("cors-gone", "no answer has a CORS header")
def _cors(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    kept = tuple(each for each in good.headers if not each[0].lower().startswith("access-control-"))
    return replace(good, headers=kept)


@harmful("cookies-dropped", "no answer sets a cookie", Blame.ASSERTION, Blame.ACCOUNT, Blame.APP_4XX)
def _cookies(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, headers=with_header(good.headers, "Set-Cookie", None))


@harmful("cached-for-all", "what an account reads was kept by a cache that everybody shares")
def _cached(asked: Asked, good: Reply, _memory: Memory) -> Reply:
    if not (asked.header("authorization") or asked.header("cookie")) or good.status != 200:
        return good
    headers = with_header(good.headers, "Cache-Control", "public, max-age=600")
    return replace(good, headers=(*headers, ("Age", "312")))


@harmful(
    "somebody-elses", "the second account's answer is the first one's, from a cache", Blame.ASSERTION, Blame.ACCOUNT
)
def _somebody(asked: Asked, good: Reply, memory: Memory) -> Reply:
    if not asked.header("authorization") or good.status != 200 or asked.method != "GET":
        return good
    document = memory.kept.setdefault(asked.path, good.body.replace(b"smoke-test", b"jane.doe"))
    return replace(good, body=document.replace(b'"sub"', b'"email": "jane.doe@example.org", "sub"'))


@harmful("challenge", "an edge asks every visitor whether it is human", Blame.EDGE_BLOCKED)
def _challenge(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    headers = (("Content-Type", "text/html"), ("cf-mitigated", "challenge"), ("Server", "cloudflare"))
    return replace(good, status=403, headers=headers, body=CHALLENGE)


@harmful("maintenance", "every page and document says 200 and that there is maintenance", *MAYBE_REFUSED)
def _maintenance(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    page = b"<!doctype html><html><title>Maintenance</title><h1>We will be back soon</h1></html>"
    headers = with_header(good.headers, "Content-Type", "text/html; charset=utf-8")
    return replace(good, headers=headers, body=page) if is_page(good) or is_json(good) else good


@harmless("header-names-shouted", "header names are in capitals")
def _shouted(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, headers=tuple((name.upper(), value) for name, value in good.headers))


@harmless("http-1-0", "answers are HTTP/1.0")
def _old(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, version="1.0")


@harmless("gzip-unasked", "bodies are compressed, and a header says so")
def _gzip(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    headers = with_header(good.headers, "Content-Encoding", "gzip")
    return replace(good, headers=headers, body=gzip.compress(good.body)) if good.body else good


@harmless("headers-added", "a proxy adds headers of its own")
def _added(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    added = (("Via", "1.1 varnish"), ("X-Cache", "MISS"), ("Server", "nginx"), ("Vary", "Accept-Encoding"))
    return replace(good, headers=(*good.headers, *added))


@harmless("json-spaced", "JSON documents have spaces, escapes and another order of keys")
def _spaced(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    if not is_json(good):
        return good
    document = json.loads(good.body)
    if isinstance(document, dict):
        document = dict(reversed(document.items()))
    return replace(good, body=json.dumps(document, indent=4).encode())


@harmless("bit-late", "answers take 30 ms more")
def _bit_late(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, delay_s=0.03)
