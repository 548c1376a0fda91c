"""Programs of ours as processes: run to the end, or started, watched, killed and ended by their own id."""

import os
import pathlib
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("GONGJI_BIN", ROOT / "build" / "bin"))

WAIT_SECONDS_MAX = 60  # for what is polled; generous, because nothing measures time with it


class WorldError(Exception):
    """Something of the world did not do what the caller needs; the text carries what it said."""


def wait_until(condition, what, seconds=WAIT_SECONDS_MAX, pause=0.02):
    """Polls until `condition()` is true and gives its value; a WorldError names `what` did not happen."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise WorldError(f"waited {seconds} s in vain: {what}")
        time.sleep(pause)


def run(program, *arguments, environment=None, check=True, text_in=None, seconds=WAIT_SECONDS_MAX):
    """Runs one of our programs to its end; gives the CompletedProcess with text output."""
    done = subprocess.run(
        [str(BIN / program), *map(str, arguments)],
        input=text_in,
        capture_output=True,
        text=True,
        timeout=seconds,
        env={**os.environ, **(environment or {})},
    )
    if check and done.returncode != 0:
        raise WorldError(f"{program} {' '.join(map(str, arguments))} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Process:
    """A program that runs until it is told to stop; its output goes to a file."""

    def __init__(self, name, command, log, environment=None):
        self.name = name
        self.log = log
        self._out = open(log, "ab")
        self._begin = self._out.tell()
        self._process = subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # Ctrl-C of a terminal reaches the story, which then ends its processes in order
        )

    @property
    def pid(self):
        return self._process.pid

    def running(self):
        return self._process.poll() is None

    def said(self):
        """What this run of the program has printed so far."""
        with open(self.log, "rb") as log:
            log.seek(self._begin)
            return log.read().decode("utf-8", "replace")

    def wait_for_line(self, start):
        """Waits for a line that begins with `start`; gives that line."""

        def look():
            for line in self.said().splitlines():
                if line.startswith(start):
                    return line
            if not self.running():
                raise WorldError(f"{self.name} ended with {self._process.returncode} before it was ready:\n{self.said()[-4000:]}")
            return None

        return wait_until(look, f"{self.name} prints '{start}':\n{self.said()[-2000:]}")

    def kill(self):
        """SIGKILL, as a power cut would; returns when the process is gone."""
        if self.running():
            self._process.kill()
        self._process.wait()
        self._out.close()

    def terminate(self, seconds=20):
        """SIGTERM; gives the exit status. A program that does not end in time is killed and is an error."""
        if self.running():
            self._process.terminate()
        try:
            status = self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise WorldError(f"{self.name} did not end within {seconds} s of SIGTERM:\n{self.said()[-2000:]}")
        self._out.close()
        return status

    def pause(self):
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.pid, signal.SIGCONT)

    def resident_kib(self):
        """Resident memory, from the kernel."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise WorldError(f"no resident size for {self.name}")
