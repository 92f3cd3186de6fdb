"""``python -m smoke.demo``: serve the embedded application until Ctrl-C."""

from __future__ import annotations

import argparse
import errno
import shlex
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from smoke.demo.breaks import Break
from smoke.demo.credentials import Credentials
from smoke.demo.handoff import Handoff
from smoke.demo.options import Contract, DemoOptions
from smoke.demo.products import PRODUCTS, suite_of


def main(argv: list[str] | None = None) -> int:
    """Parse the line and serve; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m smoke.demo")
    add_arguments(parser)
    return serve(parser.parse_args(argv))


def serve(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C; the exit code is 0, or 2 if the port is taken."""
    options = DemoOptions(
        host=arguments.host,
        port=arguments.port,
        suites=frozenset(arguments.suites),
        contract=Contract(arguments.contract),
        build=arguments.build,
        version=arguments.version,
        breaks=frozenset(map(Break, arguments.breaks)),
        rate_limit=arguments.rate_limit,
        allowed_origins=frozenset(arguments.origins) or DemoOptions().allowed_origins,
        handoff=arguments.handoff,
    )
    try:
        return _serve_child(options) if arguments.child else _serve_person(options)
    except OSError as error:
        taken = error.errno in {errno.EADDRINUSE, errno.EACCES}
        way_out = "; --port names another" if taken else ""
        print(f"cannot serve on {options.host}:{options.port}: {error.strerror}{way_out}", file=sys.stderr)
        return 2


def _serve_child(options: DemoOptions) -> int:
    def announce(handoff: Handoff) -> None:
        if options.handoff:
            handoff.write(options.handoff)
        print(handoff.to_json(), flush=True)

    try:
        _run(options, announce, until_eof=sys.stdin.fileno())
    finally:
        if options.handoff:
            options.handoff.unlink(missing_ok=True)
    return 0


def _serve_person(options: DemoOptions) -> int:
    with tempfile.TemporaryDirectory(prefix="smoke-demo-") as folder:
        path = options.handoff or Path(folder) / "handoff.env"

        def announce(handoff: Handoff) -> None:
            handoff.write(path)
            print(f"Serving, {options.contract}, until Ctrl-C:")
            for name, url in handoff.base_urls.items():
                print(f"  {name:<20} {url}")
            print(f"Accounts: {path}")
            print(f"To check it, in another shell: (set -a; . {shlex.quote(str(path))}; smoke run)", flush=True)

        try:
            _run(options, announce, until_eof=None)
        finally:
            path.unlink(missing_ok=True)
    return 0


def _run(options: DemoOptions, announce: Callable[[Handoff], None], until_eof: int | None) -> None:
    credentials = Credentials()
    from smoke.demo import server  # loads while the passwords are hashed

    server.run(options, credentials, announce, until_eof)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add every option of the embedded application to ``parser``."""
    defaults = DemoOptions()
    breaks = "\n".join(f"  {item.value:<22}{item.description}" for item in Break)
    parser.description = "Serve the embedded application on the loopback interface."
    parser.epilog = f"breaks:\n{breaks}"
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--host", default=defaults.host, help=f"address to listen on (default: {defaults.host})")
    parser.add_argument(
        "--port",
        type=int,
        default=defaults.port,
        metavar="PORT",
        help="port to listen on (default: 0, any that is free)",
    )
    parser.add_argument(
        "--suite", dest="suites", metavar="NAME", action="append", default=[],
        choices=dict.fromkeys(map(suite_of, PRODUCTS)),
        help="only the application that this suite checks (default: those of all); repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--contract", choices=[item.value for item in Contract], default=defaults.contract.value,
        help="behave as the product is planned, or as it is built today (default: planned)",
    )  # fmt: skip
    parser.add_argument(
        "--build",
        default=defaults.build,
        metavar="ID",
        help=f"build that pages and answers show (default: {defaults.build})",
    )
    parser.add_argument(
        "--version",
        default=defaults.version,
        help=f"version that the health endpoints show (default: {defaults.version})",
    )
    parser.add_argument(
        "--break", dest="breaks", metavar="NAME", action="append", default=[],
        choices=[item.value for item in Break], help="break this on purpose: see below; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--rate-limit",
        type=int,
        default=defaults.rate_limit,
        metavar="N",
        help=f"API requests a minute that one client may send (default: {defaults.rate_limit})",
    )
    parser.add_argument(
        "--allow-origin", dest="origins", metavar="ORIGIN", action="append", default=[],
        help="another origin whose scripts may call the API; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--handoff",
        type=Path,
        metavar="FILE",
        help="file to write the address and the accounts to (default: a private one, named at the start)",
    )
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)


if __name__ == "__main__":
    sys.exit(main())
