"""Reads cron-schedule.yaml."""

from __future__ import annotations

from pathlib import Path

from smoke.config.cron_schedule import CronScheduleFile, Schedule
from smoke.config.load import Document, document
from smoke.config.paths import SCHEDULE

NO_SCHEDULES = CronScheduleFile()


def schedule_document(root: Path) -> Document[CronScheduleFile]:
    """Return what runs when, with the file that says so; nothing where there is no such file. Raises ConfigError."""
    return document(root / SCHEDULE, root, CronScheduleFile, NO_SCHEDULES)


def schedules_of(root: Path) -> tuple[Schedule, ...]:
    """Return what runs when; raises ConfigError."""
    return schedule_document(root).content.schedules
