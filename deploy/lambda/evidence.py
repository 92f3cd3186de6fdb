"""Copies what a run left to S3, where SMOKE_REPORTS_BUCKET names a bucket."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

VARIABLE = "SMOKE_REPORTS_BUCKET"
AT_ONCE = 8
OURS_ALONE = {"run.lock", "verdict.part", "history.db", "history.db-wal", "history.db-shm"}
"""Files that say nothing to whoever reads of a run."""


def keep(reports: Path, key: str, environ: Mapping[str, str], until: float, say: Callable[[str], None]) -> str | None:
    """Copy ``reports`` below ``key`` until ``until``, in monotonic seconds; return where they are.

    None where no bucket is named or not even one file arrived. Whatever did not arrive is told to ``say``.
    """
    bucket, files = environ.get(VARIABLE), _files(reports)
    if not bucket or not files:
        return None
    try:
        client = _client()
    except Exception as error:  # noqa: BLE001 - evidence explains a verdict, and must never stand in its way
        say(f"reports: {type(error).__name__}: {error}")
        return None
    pool = ThreadPoolExecutor(AT_ONCE)
    copies = {
        pool.submit(_copy, client, bucket, f"{key}/{file.relative_to(reports).as_posix()}", file): file
        for file in files
    }
    wait(copies, max(0.0, until - time.monotonic()))
    pool.shutdown(wait=False, cancel_futures=True)
    troubles = [(file, trouble) for copy, file in copies.items() if (trouble := _trouble(copy))]
    for file, trouble in troubles[:1]:
        say(f"reports: {len(troubles)} of {len(files)} files are not in {bucket}; {file.name}: {trouble}")
    return f"s3://{bucket}/{key}/" if len(troubles) < len(files) else None


def _files(reports: Path) -> list[Path]:
    """Return what to copy, the verdict first."""
    found = [path for path in sorted(reports.rglob("*")) if path.is_file() and path.name not in OURS_ALONE]
    return sorted(found, key=lambda path: path.name != "verdict.json")


def _client() -> Any:
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2}, max_pool_connections=AT_ONCE)
    return boto3.client("s3", config=config)


def _copy(client: Any, bucket: str, key: str, file: Path) -> None:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    client.put_object(Bucket=bucket, Key=key, Body=file.read_bytes(), ContentType=kind)


def _trouble(copy: Future[None]) -> str | None:
    if copy.cancelled() or not copy.done():
        return "no time was left"
    error = copy.exception()
    return f"{type(error).__name__}: {error}" if error else None
