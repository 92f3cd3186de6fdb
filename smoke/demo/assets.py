"""Static files, read once and served from memory under a name that changes with their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"


class Assets:
    """The files of one folder, at ``/static/<digest>/<path>``."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.suffix in _TYPES)
        self._files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        whole = b"".join(name.encode() + content for name, content in self._files.items())
        self.digest = hashlib.sha256(whole).hexdigest()[:12]

    def routes(self) -> list[Route]:
        """Every file, and the icon where browsers look for it unasked."""
        return [
            Route("/static/{digest}/{name:path}", self.serve, include_in_schema=False),
            Route("/favicon.ico", self.icon, include_in_schema=False),
        ]

    def url(self, name: str) -> str:
        """Address of a file; a browser may keep what it gets there for ever."""
        return f"/static/{self.digest}/{name}"

    def file(self, name: str, *, cache: str) -> Response:
        """The reply that carries a file, or 404."""
        media_type = _TYPES.get(Path(name).suffix, "text/plain")
        content = self._files.get(name)
        if content is None:
            return Response(status_code=404, media_type=media_type)
        return Response(content, media_type=media_type, headers={"Cache-Control": cache})

    async def icon(self, _request: Request) -> Response:
        """Route ``/favicon.ico``."""
        return self.file("favicon.svg", cache=_A_DAY)

    async def serve(self, request: Request) -> Response:
        """Route ``/static/{digest}/{name:path}``."""
        current = request.path_params["digest"] == self.digest
        return self.file(request.path_params["name"], cache=_FOREVER if current else "no-cache")
