"""Processes and ports of an end-to-end run."""

import contextlib
import os
import signal
import socket
import subprocess
import time

# Seconds until a process must listen, on a busy machine.
START = 90


def free_ports(count):
    with contextlib.ExitStack() as open_ones:
        sockets = [open_ones.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def running(command, environment, log):
    """A process, and with it whatever it starts, for as long as the block runs."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(process, what, look):
    """Looks until `look` finds something, for as long as the process runs."""
    end = time.monotonic() + START
    while not (found := look()):
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with {process.returncode} before {what}")
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not come within {START} s")
        time.sleep(0.1)
    return found
