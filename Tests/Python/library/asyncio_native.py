# Native futures and tasks: states, errors, callbacks, cancellation, eager tasks, who waits for whom, what is said at the end.
import _asyncio
import asyncio
import contextvars
import gc
import warnings

warnings.simplefilter("ignore")
loop = asyncio.new_event_loop()
reports = []
loop.set_exception_handler(lambda loop, context: reports.append(sorted((k, str(v).split(" coro=")[0].split(" at ")[0]) for k, v in context.items())))


def tell(text, **names):
    try:
        print(text, "->", eval(text, globals(), names))
    except BaseException as error:
        print(text, "->", type(error).__name__, error)


f = _asyncio.Future(loop=loop)
for text in [
    "f.result()", "f.exception()", "f.done()", "f.cancelled()", "f._state", "f._callbacks", "f.set_exception(1)", "f._log_traceback",
    "setattr(f, '_log_traceback', True)", "delattr(f, '_asyncio_future_blocking')", "f.add_done_callback(print)", "f.remove_done_callback(print)",
    "f.remove_done_callback(print)", "f.set_result(5)", "f.set_result(5)", "f.result()", "f.exception()", "f.cancel()", "f",
    "list(iter(f))", "next(iter(f))", "iter(f).send(None)", "iter(f).throw(ValueError('x'))", "iter(f).throw(1)", "iter(f).close()",
    "_asyncio.Future(loop=1)", "_asyncio.Future.__new__(_asyncio.Future).result()", "_asyncio.Future.__new__(_asyncio.Future).cancel()",
    "repr(_asyncio.Future.__new__(_asyncio.Future))", "_asyncio.Task(1, loop=loop)", "_asyncio.Task.__new__(_asyncio.Task).get_name()",
    "_asyncio.current_task()", "_asyncio.current_task(loop)", "_asyncio.all_tasks()", "_asyncio.all_tasks(loop)", "_asyncio.get_running_loop()",
    "_asyncio._leave_task(f, f)", "_asyncio._register_task(3)",
]:
    tell(text)
g = _asyncio.Future(loop=loop)
for text in ["g.set_exception(StopIteration(3))", "g.exception()", "g.exception().__cause__", "g.result()"]:
    tell(text)
h = _asyncio.Future(loop=loop)
for text in ["h.cancel('why')", "h.cancelled()", "h.result()", "h._cancel_message", "h"]:
    tell(text)
lost = _asyncio.Future(loop=loop)
lost.set_exception(ValueError("nobody asks"))
del lost
gc.collect()
print(reports)
reports.clear()

variable = contextvars.ContextVar("variable", default=0)


async def child(n):
    variable.set(n)
    await asyncio.sleep(0)
    return n, variable.get()


async def fails():
    raise KeyError("in a task")


async def yields_wrong():
    class Wrong:
        def __await__(self):
            yield 5
    await Wrong()


async def awaits_itself():
    await asyncio.current_task()


async def stubborn():
    for _ in range(3):
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError as error:
            print("cancelled", error.args, asyncio.current_task().cancelling(), asyncio.current_task().uncancel())
    return "stayed"


async def main():
    print(await asyncio.gather(*(child(n) for n in range(5))))
    for make in [fails, yields_wrong, awaits_itself]:
        try:
            await asyncio.create_task(make(), name="T")
        except BaseException as error:
            print(type(error).__name__, str(error).split(" coro")[0])
    task = asyncio.create_task(stubborn())
    for message in ["a", "b", None]:
        await asyncio.sleep(0)
        task.cancel(message)
    print(await task)
    task = asyncio.create_task(asyncio.sleep(10), name="sleeper")
    await asyncio.sleep(0)
    print([w.get_name() for w in task._fut_waiter._asyncio_awaited_by])
    task.cancel("enough")
    try:
        await task
    except asyncio.CancelledError as error:
        print("cancelled", error.args, task._state, task.cancelled(), task.cancelling())
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timeout")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
            group.create_task(asyncio.sleep(10))
    except* KeyError as group:
        print(group.exceptions)
    eager = asyncio.Task(child(9), loop=loop, eager_start=True)
    print(eager.done(), eager in asyncio.all_tasks(), await eager)
    done = asyncio.Task(asyncio.sleep(0, "x") if False else returns(), loop=loop, eager_start=True)
    print(done.done(), done.result(), done.get_coro())
    queue = asyncio.Queue(2)

    async def produce():
        for n in range(5):
            await queue.put(n)

    producer = asyncio.create_task(produce())
    print([await queue.get() for _ in range(5)])
    await producer
    other = asyncio.new_event_loop()
    try:
        await other.create_future()
    except RuntimeError as error:
        print(str(error).split("<")[0], str(error).rsplit(">")[-1])
    other.close()
    print(len(asyncio.all_tasks()), asyncio.current_task().get_name(), asyncio.current_task().get_stack()[0].f_code.co_name)


async def returns():
    return "at once"


loop.run_until_complete(main())


async def forever():
    await loop.create_future()


pending = loop.create_task(forever(), name="pending")
loop.call_soon(loop.stop)
loop.run_forever()
print(pending)
del pending
gc.collect()
print(reports)


class Mine(asyncio.Task):
    def step_count(self):
        return 1


task = Mine(returns(), loop=loop)
task.extra = 1
print(loop.run_until_complete(task), task.extra, isinstance(task, _asyncio.Future), _asyncio.Task[int])
loop.close()
