"""A standalone cluster of one master and workers, each a process of its own on loopback."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

CONFIG = {
    "spark.executor.memory": "512m",
    "spark.driver.memory": "600m",
    "spark.sql.shuffle.partitions": 4,
    "spark.sql.adaptive.enabled": False,
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.network.timeout": "60s",
    "spark.executor.heartbeatInterval": "2s",
    "spark.sql.files.maxPartitionBytes": 40_000,
}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Cluster:
    """A master and two workers on loopback, each a process of its own."""

    def __init__(self, folder):
        import pyspark

        self.home = Path(pyspark.__file__).parent
        self.folder = folder
        port, web = free_port(), free_port()
        self.url = f"spark://127.0.0.1:{port}"
        self.environment = {
            **os.environ,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC",
            "SPARK_WORKER_DIR": str(folder / "work"),
        }
        self.workers = []
        options = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", str(web)]
        self.master = self._start("master", "org.apache.spark.deploy.master.Master", *options)
        self._until(lambda: self._reachable(port), "the master")

    def _start(self, name, *command):
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [str(self.home / "bin" / "spark-class"), *command], stdout=log, stderr=log, env=self.environment
            )

    def add_workers(self, count):
        """Start workers and wait until the master knows them."""
        for _ in range(count):
            name = f"worker{len(self.workers)}"
            options = [
                "--cores",
                "1",
                "--memory",
                "600m",
                "--host",
                "127.0.0.1",
                "--webui-port",
                str(free_port()),
                self.url,
            ]
            self.workers.append(
                (self._start(name, "org.apache.spark.deploy.worker.Worker", *options), self.folder / f"{name}.log")
            )
        for _, log in self.workers[-count:]:
            self._until(lambda log=log: "Successfully registered" in log.read_text(errors="replace"), "a worker")

    @staticmethod
    def _reachable(port):
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0

    @staticmethod
    def _until(happened, what):
        ends = time.monotonic() + 60
        while not happened():
            assert time.monotonic() < ends, f"{what} did not come up"
            time.sleep(0.1)

    def kill_worker(self, place):
        """SIGKILL to a worker and to all that it started."""
        worker, _ = self.workers[place]
        listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
        doomed = [worker.pid]
        for parent in doomed:
            doomed += [pid for pid, its in pairs if its == parent]
        for pid in doomed:
            os.kill(pid, signal.SIGKILL)
        worker.wait()
        del self.workers[place]

    def stop(self):
        for process in [*(worker for worker, _ in self.workers), self.master]:
            process.terminate()
        for process in [*(worker for worker, _ in self.workers), self.master]:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
