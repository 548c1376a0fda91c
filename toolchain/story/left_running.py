"""What `toolchain/demo --keep` left running, and how it is ended: by recorded ids, after a look that they are still ours."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAME = "running.json"


def remember(folder, pids, readers):
    (folder / NAME).write_text(json.dumps({"pids": pids, "readers": [str(reader) for reader in readers]}))


def _is_ours(pid, folder):
    """True when that process was started with a path below `folder`: ids are used again."""
    try:
        command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(folder) in command


def stop(folder):
    """Ends what is recorded below `folder`; True when there was something."""
    record = folder / NAME
    if not record.exists():
        return False
    running = json.loads(record.read_text())
    for pid in running["pids"]:
        if _is_ours(pid, folder):
            os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 10
    for pid in running["pids"]:
        while _is_ours(pid, folder):
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
    for reader in running["readers"]:
        subprocess.run([str(ROOT / "toolchain" / "virtual-reader"), "stop", reader], check=False)
        shutil.rmtree(reader, ignore_errors=True)
    record.unlink()
    return True
