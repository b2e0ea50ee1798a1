"""The prompt of `python -m asyncio`, and the records that its tools for other processes are made of."""
import asyncio.tools
import subprocess
import sys

import _remote_debugging as remote

print([name for name in ("AwaitedInfo", "CoroInfo", "FrameInfo", "RemoteUnwinder", "TaskInfo", "ThreadInfo") if hasattr(remote, name)])
frame = remote.FrameInfo(("a.py", 1, "f"))
print(frame, remote.TaskInfo.__match_args__)
task = remote.TaskInfo((1, "main", [remote.CoroInfo(([frame], "main"))], []))
print(asyncio.tools.build_task_table([remote.AwaitedInfo((7, [task]))]))
commands = "await asyncio.sleep(0.01, 5)\nx = 3\nx\n"
finished = subprocess.run([sys.executable, "-m", "asyncio"], input=commands, capture_output=True, text=True)
print(finished.stdout, finished.returncode)
