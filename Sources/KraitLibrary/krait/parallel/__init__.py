"""Runs a function or a script over many inputs, on all cores.

    from krait import parallel

    def area(side):
        return side * side

    if __name__ == "__main__":
        print(parallel.map(area, range(1000)))

`map(function, *iterables)` gives the list of the results, in the order of the inputs, as `list(map(function, *iterables))` does; `starmap` takes tuples of
arguments. `run(script, inputs)` runs a script once for each input, and is what the command does:

    krait -m krait.parallel [-j N] [--model M] SCRIPT INPUT...

Where the work is done follows from the threading model (`krait -X gil=MODEL`, or `--model` of the command):

    interpreter   in interpreters of their own, each with its lock and its heap: what is sent there and back is copied
    none          functions in threads, which share all objects; scripts in interpreters
    process       as in `interpreter` for scripts, threads for functions: one lock for all, so nothing gets faster. For comparisons

In an interpreter of its own a function sees the module that it was defined in as a fresh import makes it. A program's own file is imported there under another
name, as `multiprocessing` does it, so what it does when it is run belongs under `if __name__ == "__main__":`. Lambdas and functions inside functions can be sent,
with the values that they close over. What cannot be sent (an open file, a lock) raises NotSendable, which names it.

The first exception, in the order of the inputs, is raised as it was, with the traceback of the other side as its cause; what has not begun by then is not
begun. Ctrl-C stops the running ones at once and ends their interpreters or threads. On a terminal a progress bar is drawn on standard error.
"""

import collections
import os
import sys
import threading

import krait
from krait.parallel._progress import bar_for
from krait._sending import NotSendable, RemoteTraceback
from krait.parallel._workers import InterpreterWorker, ScriptWorker, ThreadWorker

__all__ = ["NotSendable", "RemoteTraceback", "Run", "map", "run", "starmap"]

#: What `run` tells of one run: the input, the exit status as the shell would see it, and what was written, as bytes.
Run = collections.namedtuple("Run", "input status stdout stderr")


def map(function, *iterables, workers=None, chunksize=None, progress=None):
    """The results of function for each input, in order.

    workers is how many work at a time: by default the cores that the process may use. chunksize is how many inputs a worker takes at a time: by default so many
    that each worker comes back several times. progress draws a bar on standard error: by default when that is a terminal.
    """
    if not iterables:
        raise TypeError("map() must have at least two arguments.")
    return _over(function, list(zip(*iterables)), workers, chunksize, progress)


def starmap(function, iterable, *, workers=None, chunksize=None, progress=None):
    """The results of function(*arguments) for each tuple of arguments, in order; the options are those of map."""
    return _over(function, [tuple(arguments) for arguments in iterable], workers, chunksize, progress)


def run(script, inputs, *, workers=None, progress=None, on_finish=None):
    """Runs a script once for each input, each in an interpreter of its own, and returns a Run for each, in order.

    A run sees `sys.argv == [script, input]`, `__name__ == "__main__"`, an empty standard input, and standard streams that are kept for it. A script that fails is
    no error here: its status and its traceback are in its Run. on_finish(run) is called for each, in order, as soon as it and those before it have ended.
    """
    script = os.fspath(script)
    inputs = [str(text) for text in inputs]
    if not os.path.exists(script):
        raise FileNotFoundError(2, "No such file or directory", script)

    def finished(index, values):
        values[0] = Run(inputs[index], *values[0])
        if on_finish is not None:
            on_finish(values[0])

    return _carry_out([[(script, text)] for text in inputs], ScriptWorker, workers, bar_for(len(inputs), progress), finished)


def _over(function, inputs, workers, chunksize, progress):
    if not callable(function):
        raise TypeError(f"'{type(function).__name__}' object is not callable")
    if chunksize is None:
        chunksize = max(1, min(1000, len(inputs) // (_worker_count(workers) * 8)))
    elif chunksize < 1:
        raise ValueError("chunksize must be at least 1")
    chunks = [inputs[start:start + chunksize] for start in range(0, len(inputs), chunksize)]
    kind = InterpreterWorker if krait.threading_model() == "interpreter" else ThreadWorker
    return _carry_out(chunks, lambda: kind(function), workers, bar_for(len(inputs), progress))


def _worker_count(workers):
    if workers is None:
        return os.process_cpu_count() or 1
    if workers < 1:
        raise ValueError("there must be at least one worker")
    return workers


def _carry_out(chunks, make_worker, workers, bar, on_ready=None):
    """Gives the chunks to workers, and collects what they return."""
    count = min(_worker_count(workers), len(chunks))
    if count == 0:
        return []
    if InterpreterWorker.is_preparing:
        raise RuntimeError(
            "this program is being imported by a worker, and starts workers itself while it is: put what it does when it is run under if __name__ == '__main__':")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    crew = _Crew(chunks, [make_worker() for _ in range(count)])
    try:
        crew.start()
        return crew.collect(bar, on_ready)
    finally:
        crew.end()
        bar.close()


class _Crew:
    """Threads that each serve one worker, and what they have done so far."""

    def __init__(self, chunks, workers):
        self.chunks = chunks
        self.workers = workers
        self.threads = []
        self.changed = threading.Condition()
        # The rest is guarded by it.
        self.next = 0
        self.outcomes = [None] * len(chunks)
        self.first_failure = len(chunks)
        self.inputs_done = 0
        self.is_ending = False

    def start(self):
        for worker in self.workers:
            thread = threading.Thread(target=self._serve, args=(worker,), name="krait.parallel", daemon=True)
            worker.thread = thread
            self.threads.append(thread)
            thread.start()

    def _serve(self, worker):
        try:
            while (index := self._take()) is not None:
                worker.is_busy = True
                try:
                    values, exception = worker.do(self.chunks[index])
                except BaseException as error:
                    values, exception = [], error
                with self.changed:
                    worker.is_busy = False
                    self.outcomes[index] = (values, exception)
                    self.inputs_done += len(values)
                    if exception is not None:
                        self.first_failure = min(self.first_failure, index)
                    self.changed.notify()
        except KeyboardInterrupt:
            if not self.is_ending:
                raise
        finally:
            worker.close()

    def _take(self):
        with self.changed:
            if self.is_ending or self.first_failure < len(self.chunks) or self.next == len(self.chunks):
                return None
            self.next += 1
            return self.next - 1

    def collect(self, bar, on_ready):
        """The values, in order. Of failures the first in order counts: what comes before it is waited for."""
        results = []
        for index in range(len(self.chunks)):
            with self.changed:
                while self.outcomes[index] is None:
                    bar.show(self.inputs_done)
                    self.changed.wait(bar.interval)
                bar.show(self.inputs_done)
                values, exception = self.outcomes[index]
                self.outcomes[index] = ()
            if exception is not None:
                raise exception
            if on_ready is not None:
                with bar.hidden():
                    on_ready(index, values)
            results += values
        return results

    def end(self):
        """Stops what still runs, and waits until nothing does."""
        self._stop(self.workers)
        for worker, thread in zip(self.workers, self.threads):
            while thread.is_alive():
                thread.join(0.05)
                self._stop([worker])

    def _stop(self, workers):
        with self.changed:
            self.is_ending = True
            for worker in workers:
                if worker.is_busy:
                    worker.stop()
