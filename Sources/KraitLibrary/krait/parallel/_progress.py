"""A bar on a terminal that tells how much is done."""

import contextlib
import os
import sys
import time


def bar_for(total, wanted=None):
    """A bar on standard error, or one that draws nothing: unless it is wanted, where that is no terminal."""
    stream = sys.stderr
    if wanted is None:
        wanted = stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    return Bar(total, stream) if wanted and total else NoBar()


class NoBar:
    #: How long to wait, at most, before show is called again.
    interval = None

    def show(self, done):
        pass

    def hidden(self):
        return contextlib.nullcontext()

    def close(self):
        pass


class Bar:
    interval = 0.1

    def __init__(self, total, stream):
        self.total = total
        self.stream = stream
        self.start = time.monotonic()
        self.last = 0.0
        self.is_drawn = False

    def show(self, done):
        now = time.monotonic()
        if now - self.last < self.interval and done < self.total:
            return
        self.last = now
        width = max(10, min(40, self._columns() - 40))
        filled = width * done // self.total
        text = f"[{'#' * filled}{'.' * (width - filled)}] {done}/{self.total}"
        if done:
            left = (now - self.start) / done * (self.total - done)
            text += f"  {int(left) // 60}:{int(left) % 60:02} left"
        self._write("\r\x1b[K" + text)
        self.is_drawn = True

    def _columns(self):
        try:
            return os.get_terminal_size(self.stream.fileno()).columns
        except (OSError, ValueError):
            return 80

    @contextlib.contextmanager
    def hidden(self):
        """Takes the bar away while something else is written."""
        self.close()
        yield

    def close(self):
        if self.is_drawn:
            self._write("\r\x1b[K")
            self.is_drawn = False
            self.last = 0.0

    def _write(self, text):
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(text)
            self.stream.flush()
