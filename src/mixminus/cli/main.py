"""The `mixminus` command."""

from __future__ import annotations

import os
import sys

import click
import uvloop

from .. import config
from ..errors import BadSettings
from .demo import demo
from .serve import serve


@click.group()
@click.version_option(package_name="mixminus")
def cli() -> None:
    """Multi-party phone calls on your own machines, compatible with Plivo Voice XML and REST."""


@cli.command("serve")
@click.option("--config", metavar="FILE", help="A TOML file with these options as keys (http, rtp_ports, ...).")
@click.option("--data", metavar="DIR", help="Where everything is kept (default ./mixminus-data).")
@click.option("--http", metavar="HOST:PORT", help="REST API (default 127.0.0.1:8080).")
@click.option("--sip", metavar="HOST:PORT", help="SIP over UDP and TCP (default 0.0.0.0:5060).")
@click.option("--rtp-ports", metavar="A-B", help="UDP ports for media (default 10000-20000; 0 for any free ones).")
@click.option("--public-address", metavar="IP", help="The address that phones reach this server at.")
@click.option("--auth-id", metavar="ID", help="REST user name (made once and kept in the data folder).")
@click.option("--auth-token", metavar="TOKEN", help="REST password (made once and kept in the data folder).")
@click.option("--drain-s", metavar="SECONDS", help="How long calls may go on after SIGTERM (default 0).")
@click.option("--trusted-peers", metavar="CIDR,...", help="Who may call, besides this machine.")
@click.option("--log-level", metavar="LEVEL", help="debug, info, warning or error (default info).")
@click.option("--log-format", metavar="FORMAT", help="text or json (default text).")
def serve_command(**given: str | None) -> None:
    """Take calls. Every option is also a MIXMINUS_* variable; the command line wins over it, and it over the file."""
    settings = config.load({name: value for name, value in given.items() if value is not None}, os.environ)
    uvloop.run(serve(settings))


@cli.command("demo")
@click.option("--keep", is_flag=True, help="Leave the server running to call in with a softphone.")
def demo_command(keep: bool) -> None:
    """Hold a conference of three virtual phones and measure who hears whom."""
    sys.exit(uvloop.run(demo(keep)))


def main() -> None:
    """Run the command line; what the operator got wrong is said in one sentence, with exit status 2."""
    if len(sys.argv) == 1:
        sys.argv.append("--help")
    try:
        cli(standalone_mode=False)
    except BadSettings as error:
        _refuse(str(error))
    except click.UsageError as error:
        _refuse(f"{error.format_message().rstrip('.')}: run mixminus --help for what there is.")


def _refuse(sentence: str) -> None:
    click.echo(f"mixminus: {sentence}", err=True)
    sys.exit(2)
