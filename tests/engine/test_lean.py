"""The engine as the product compiles it: one program, of which Python calls only the entries."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import socket
from mixminus.engine.engine import Engine
from mixminus.engine.media import PortIdentity, PortSockets
engine = Engine(8)
engine.compile(lambda _: None)
room = engine.open_room()
with socket.socket(type=socket.SOCK_DGRAM) as rtp:
    port = engine.open_port(room, PortSockets(rtp.fileno()), PortIdentity(1, 2, 3))
    print(engine.statistics(port).lost, engine.totals().slots_late)
"""


def test_all_that_python_calls_can_be_called() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MIXMINUS_KERNELS"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("0 0\n", 0), done.stderr
