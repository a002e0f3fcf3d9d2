"""How long it takes until the first page: `./run` in a fresh clone without anything, then again, warm.

The clone is of the committed state, in a folder of its own with an empty HOME; packages come from wherever this
machine's package installer finds them. Memory is the proportional share of each process (PSS).
"""

import argparse
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COLD_AT_MOST = 120.0
WARM_AT_MOST = 3.0
WEB_MEMORY_AT_MOST = 200.0


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=5, help="How many warm starts.")
    arguments.add_argument(
        "--keep-caches", action="store_true", help="Leave HOME and the installer's caches as they are."
    )
    options = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="stamkunde-startup-"))
    try:
        clone = folder / "clone"
        subprocess.run(["git", "clone", "--quiet", PROJECT, clone], check=True)
        cold = until_served(clone, folder, keep_caches=options.keep_caches)
        print(f"cold start to the first page   {cold.seconds:6.1f} s   (at most {COLD_AT_MOST:.0f})")
        warm = [until_served(clone, folder, keep_caches=options.keep_caches) for _ in range(options.times)]
        slowest = max(start.seconds for start in warm)
        print(f"warm start, slowest of {len(warm)}       {slowest:6.2f} s   (at most {WARM_AT_MOST:.0f})")
        print(f"web process                    {warm[-1].web:6.0f} MB  (at most {WEB_MEMORY_AT_MOST:.0f})")
        print(f"all processes                  {warm[-1].all:6.0f} MB")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    is_met = cold.seconds <= COLD_AT_MOST and slowest <= WARM_AT_MOST and warm[-1].web <= WEB_MEMORY_AT_MOST
    print("reached" if is_met else "NOT reached")
    return 0 if is_met else 1


class Start:
    def __init__(self, seconds: float, memory: list[float]) -> None:
        self.seconds = seconds
        self.web = max(memory, default=0.0)
        self.all = sum(memory)


def until_served(clone: Path, folder: Path, *, keep_caches: bool) -> Start:
    """Start the product, wait for its sign-in page, close it again."""
    port = free_port()
    environment = dict(os.environ) if keep_caches else bare_environment(folder / "home")
    started = time.monotonic()
    process = subprocess.Popen(["./run", "--port", str(port)], cwd=clone, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not is_served(port):
            if process.poll() is not None:
                sys.exit("./run ended before it served a page.")
            time.sleep(0.02)
        seconds = time.monotonic() - started
        for _ in range(30):
            is_served(port)
        return Start(seconds, [share_of_memory(pid) for pid in family(process.pid)])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def bare_environment(home: Path) -> dict[str, str]:
    home.mkdir(exist_ok=True)
    # How packages are reached is the machine's own affair; everything else is left behind.
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_") and name != "PIP_CACHE_DIR"}
    return kept | {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin"}


def is_served(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/sign-in/", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    grown = [int(child) for task in children.parent.parent.glob("*/children") for child in task.read_text().split()]
    return [pid, *(member for child in grown for member in family(child))]


def share_of_memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1000
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
