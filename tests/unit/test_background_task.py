"""Background tasks of the sync client."""

import threading

import pytest

from soundcloud._concurrency import BackgroundTask


def test_waiting_for_a_task_whose_thread_could_not_start(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    running_tasks = set()
    with pytest.raises(RuntimeError, match="can't start new thread"):
        BackgroundTask(lambda: 1, running_tasks)

    assert [task.wait(None) for task in running_tasks] == [True]
