"""The Runtime API of AWS Lambda (2018-06-01), and a sandbox in which the real runtime interface client asks it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

API = "/2018-06-01/runtime"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:smoke"


@dataclass(frozen=True, slots=True)
class Reply:
    """How one invocation ended."""

    failed: bool
    """Whether it was a function error, which the metric Errors counts."""
    body: Any

    @property
    def error(self) -> str:
        """The type and the message of a function error."""
        assert self.failed, self.body
        return f"{self.body['errorType']}: {self.body['errorMessage']}"


@dataclass(slots=True)
class RuntimeApi:
    """What the client asks for its next invocation, and tells the end of it."""

    port: int = 0
    waiting: queue.Queue[tuple[str, bytes, int]] = field(default_factory=queue.Queue)
    replies: queue.Queue[tuple[str, Reply]] = field(default_factory=queue.Queue)
    numbers: Iterator[int] = field(default_factory=count)

    def put(self, event: object, seconds: float) -> str:
        """Have the client invoked with ``event``, with so many seconds to its time-out; return the request's id."""
        request_id = f"request-{next(self.numbers)}"
        deadline_ms = int((time.time() + seconds) * 1000)
        self.waiting.put((request_id, json.dumps(event).encode(), deadline_ms))
        return request_id

    def answered(self, request_id: str, within_s: float) -> Reply:
        """Return the reply to ``request_id``; raises queue.Empty after ``within_s``."""
        given, reply = self.replies.get(timeout=within_s)
        assert given in {request_id, "init"}
        return reply


@contextlib.contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    """Serve the Runtime API on the loopback interface."""
    api = RuntimeApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            assert self.path == f"{API}/invocation/next"
            request_id, event, deadline_ms = api.waiting.get()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(event)))
            self.send_header("Lambda-Runtime-Aws-Request-Id", request_id)
            self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline_ms))
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", ARN)
            self.end_headers()
            self.wfile.write(event)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            match self.path.removeprefix(API).strip("/").split("/"):
                case ["invocation", request_id, "response"]:
                    api.replies.put((request_id, Reply(False, body)))
                case ["invocation", request_id, "error"]:
                    api.replies.put((request_id, Reply(True, body)))
                case ["init", "error"]:
                    api.replies.put(("init", Reply(True, body)))

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_args: object) -> None:
            """A client that is ended breaks off."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Warm:
    """A sandbox that is invoked again and again."""

    api: RuntimeApi
    process: subprocess.Popen[bytes]
    temporary: Path
    log_file: Path

    @property
    def log(self) -> str:
        """What CloudWatch has of it."""
        return self.log_file.read_text()

    def begin(self, event: object, seconds: float) -> str:
        """Invoke it with ``event``, and do not wait."""
        return self.api.put(event, seconds)

    def invoke(self, event: object, seconds: float = 240.0) -> Reply:
        """Invoke it with ``event``; Lambda ends whoever did not answer after ``seconds``."""
        request_id = self.begin(event, seconds)
        try:
            return self.api.answered(request_id, seconds)
        except queue.Empty:
            raise AssertionError(f"the time-out of the function was reached:\n{self.log}") from None


@contextlib.contextmanager
def warm_sandbox(
    task: Path,
    folder: Path,
    environ: Mapping[str, str],
    *,
    within: Sequence[str] = (),
    python: str = sys.executable,
) -> Iterator[Warm]:
    """Start the real client for the function in ``task``; only ``folder``/tmp is its own to write.

    ``within`` is a command that runs it, such as ``unshare``.
    """
    temporary, log_file = folder / "tmp", folder / "cloudwatch.log"
    temporary.mkdir(exist_ok=True)
    with runtime_api() as api, log_file.open("wb") as log:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("SMOKE_", "AWS_", "DD_", "XDG_"))
        }
        process = subprocess.Popen(
            [*within, python, "-m", "awslambdaric", "handler.handler"],
            cwd=task,
            env={
                **inherited,
                "HOME": "/nonexistent",
                "TMPDIR": str(temporary),
                "AWS_REGION": "eu-west-1",
                "AWS_DEFAULT_REGION": "eu-west-1",
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.port}",
                "PYTHONDONTWRITEBYTECODE": "1",
                **environ,
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Warm(api, process, temporary, log_file)
        finally:
            process.kill()
            process.wait()
            api.put({}, 1)  # frees the thread that waits for it
