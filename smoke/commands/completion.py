"""``smoke completion SHELL``."""

from __future__ import annotations

import argparse

SHELLS = ("bash", "zsh", "fish")
HOW = """once and for all:
  bash  echo 'eval "$(smoke completion bash)"' >> ~/.bashrc
  zsh   echo 'eval "$(smoke completion zsh)"' >> ~/.zshrc      (after compinit)
  fish  smoke completion fish > ~/.config/fish/completions/smoke.fish"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = HOW
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    parser.set_defaults(call=call)


def call(given: argparse.Namespace) -> int:
    """Print the script, and return 0."""
    from argcomplete.shell_integration import shellcode

    print(shellcode(["smoke"], shell=given.shell))
    return 0
