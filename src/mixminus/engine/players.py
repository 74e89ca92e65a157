"""Players: whole prompts, lent by Python, read into the frames of a room."""

from __future__ import annotations

from .compiled import kernel
from .layout import Floats, Player
from .memory import pcm_at


@kernel
def read(player: Player, frame: Floats) -> bool:
    """Fill the next frame; False once the last loop is over (what is left of the frame is silent).

    `loops` of 0 is endless; otherwise it counts down to nothing left, which is -1.
    """
    samples = pcm_at(player.samples, player.length)
    for j in range(frame.shape[0]):
        if player.loops < 0:
            frame[j] = 0
            continue
        frame[j] = samples[player.position]
        player.position += 1
        if player.position == player.length:
            _start_over(player)
    return player.loops >= 0


@kernel
def _start_over(player: Player) -> None:
    player.position = 0
    if player.loops > 0:
        player.loops -= 1
        if player.loops == 0:
            player.loops = -1
