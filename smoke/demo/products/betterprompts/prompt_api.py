"""Enhancing prompts, and what is left of them."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.accounts import User
from smoke.demo.breaks import Break
from smoke.demo.products.betterprompts.engine import Enhancement, enhance
from smoke.demo.products.betterprompts.history import History
from smoke.demo.products.betterprompts.requests import BadRequestError, access_token, json_object, text_of
from smoke.demo.products.betterprompts.techniques import CATALOGUE
from smoke.demo.services import Services

LONGEST_PROMPT = 5000
THINKING_S = 0.15


class PromptApi:
    """``/api/v1/enhance``, ``/api/v1/history`` and ``/api/v1/techniques``."""

    def __init__(self, services: Services, history: History) -> None:
        self._services, self._history = services, history

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        return [
            Route("/api/v1/enhance", self.enhance, methods=["POST"]),
            Route("/api/v1/history", self.history),
            Route("/api/v1/techniques", self.techniques),
        ]

    async def enhance(self, request: Request) -> Response:
        """A better prompt; it is saved for a signed-in user and for nobody else."""
        started = time.perf_counter()
        body = await json_object(request)
        text, prefer = text_of(body, "text", LONGEST_PROMPT), _preferred(body)
        user = self._services.user(access_token(request))
        await asyncio.sleep(THINKING_S)
        result = self._answer(text, prefer)
        enhanced = text if Break.ENHANCE_ECHO in self._services.breaks else result.text
        saved_id = self._save(user, text, result)
        return JSONResponse(
            {
                "id": saved_id or f"anonymous-{time.time_ns():x}",
                "original_text": text,
                "enhanced_text": enhanced,
                "enhanced_prompt": enhanced,
                "intent": result.intent,
                "complexity": result.complexity,
                "techniques": result.techniques,
                "techniques_used": result.techniques,
                "confidence": result.confidence,
                "processing_time_ms": round((time.perf_counter() - started) * 1000, 1),
                "enhanced": True,
                "metadata": {"model": "bp-rules-2", "saved": user is not None, "words": len(enhanced.split())},
            }
        )

    async def history(self, request: Request) -> Response:
        """What the signed-in user saved, newest first."""
        token = access_token(request)
        if not token:
            return JSONResponse({"error": "Authorization required"}, 401)
        user = self._services.user(token)
        if user is None:
            return JSONResponse({"error": "Invalid or expired token"}, 401)
        return JSONResponse([entry.public() for entry in self._history.of(user.id)])

    async def techniques(self, _request: Request) -> Response:
        """The catalogue, with how often each technique was used."""
        uses = self._services.cache.fetch("uses", self._history.uses)
        return JSONResponse([{**technique.public(), "uses": uses.get(technique.name, 0)} for technique in CATALOGUE])

    def _answer(self, text: str, prefer: Collection[str]) -> Enhancement:
        key = hashlib.sha256("\0".join((text, *sorted(prefer))).encode()).hexdigest()
        return self._services.cache.fetch(f"enhance:{key}", lambda: enhance(text, prefer))

    def _save(self, user: User | None, text: str, result: Enhancement) -> str | None:
        if user is None and Break.SAVES_ANONYMOUS in self._services.breaks:
            user = self._services.accounts.by_role("basic")
        if user is None:
            return None
        self._services.cache.forget("uses")
        return self._history.save(user.id, text, result)


def _preferred(body: dict[str, object]) -> list[str]:
    prefer = body.get("prefer_techniques") or []
    if not isinstance(prefer, list) or not all(isinstance(name, str) for name in prefer):
        raise BadRequestError("prefer_techniques: must be a list of names")
    return prefer
