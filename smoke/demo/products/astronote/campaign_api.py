"""Campaigns from draft to sent."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from smoke.demo.kit.errors import ApiError
from smoke.demo.kit.fields import Fields, json_object
from smoke.demo.kit.sign_in import SignIn
from smoke.demo.products.astronote.campaigns import Campaign, Campaigns
from smoke.demo.products.astronote.jobs import Jobs
from smoke.demo.products.astronote.merchants import ROLE

LONGEST_MESSAGE = 480
"""Three concatenated text messages."""


class CampaignApi:
    """``/api/campaigns`` and ``/api/jobs``."""

    def __init__(self, merchants: SignIn, campaigns: Campaigns, jobs: Jobs) -> None:
        self._merchants, self._campaigns, self._jobs = merchants, campaigns, jobs

    def routes(self) -> list[BaseRoute]:
        """The calls that this part answers."""
        one = "/api/campaigns/{campaign}"
        return [
            Route("/api/campaigns", self.list),
            Route("/api/campaigns", self.create, methods=["POST"]),
            Route(one, self.show),
            Route(one, self.delete, methods=["DELETE"]),
            Route(f"{one}/enqueue", self.enqueue, methods=["POST"]),
            Route("/api/jobs/{job}", self.job),
        ]

    async def list(self, request: Request) -> Response:
        """The merchant's campaigns, newest first."""
        owner = self._merchants.user(request, ROLE)
        return JSONResponse({"campaigns": [campaign.public() for campaign in self._campaigns.of(owner.id)]})

    async def create(self, request: Request) -> Response:
        """A draft; ``test`` marks it as test data, which is never sent and not counted."""
        owner, fields = self._merchants.user(request, ROLE), Fields(await json_object(request))
        name, message = fields.text("name", 80), fields.text("message", LONGEST_MESSAGE)
        segment, test = fields.text("segment", 40), fields.flag("test")
        fields.check()
        if self._campaigns.segment(segment) is None:
            raise ApiError(422, "unknown_segment", f"There is no segment {segment!r}")
        campaign = self._campaigns.add(owner.id, name=name, message=message, segment=segment, test=test)
        return JSONResponse(campaign.public(), 201, {"Location": f"/api/campaigns/{campaign.id}"})

    async def show(self, request: Request) -> Response:
        """One campaign."""
        return JSONResponse(self._own(request).public())

    async def delete(self, request: Request) -> Response:
        """Removes a campaign and what the queue knows of it."""
        self._campaigns.delete(self._own(request).id)
        return Response(status_code=204)

    async def enqueue(self, request: Request) -> Response:
        """Hands a draft to the worker; in safe mode every message is rendered and none is sent."""
        campaign, fields = self._own(request), Fields(await json_object(request))
        safe_mode = fields.flag("safe_mode")
        fields.check()
        if campaign.test and not safe_mode:
            raise ApiError(409, "safe_mode_required", "Test data is only processed in safe mode")
        if campaign.status != "draft":
            raise ApiError(409, "not_a_draft", f"The campaign is {campaign.status} already")
        self._campaigns.mark(campaign.id, "queued")
        job = self._jobs.put(campaign.id, safe_mode=safe_mode)
        return JSONResponse(job.public(), 202, {"Location": f"/api/jobs/{job.id}"})

    async def job(self, request: Request) -> Response:
        """How far a job is."""
        owner, job = self._merchants.user(request, ROLE), self._jobs.by_id(request.path_params["job"])
        campaign = self._campaigns.by_id(job.campaign) if job else None
        if job is None or campaign is None or campaign.owner != owner.id:
            raise ApiError(404, "unknown_job", "There is no such job")
        return JSONResponse(job.public())

    def _own(self, request: Request) -> Campaign:
        owner = self._merchants.user(request, ROLE)
        campaign = self._campaigns.by_id(request.path_params["campaign"])
        if campaign is None or campaign.owner != owner.id:
            raise ApiError(404, "unknown_campaign", "There is no such campaign")
        return campaign
