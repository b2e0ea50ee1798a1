# Two coroutines that print, sleep a second and print, together.
import asyncio
import time


async def say(name):
    print(name, "begins")
    await asyncio.sleep(1)
    print(name, "ends")
    return name.upper()


async def main():
    begin = time.monotonic()
    results = await asyncio.gather(say("one"), say("two"))
    elapsed = time.monotonic() - begin
    print(results, 1 <= elapsed < 1.9 or elapsed)
    results = await asyncio.gather(say("three"), asyncio.sleep(0, "slept"), fail(), return_exceptions=True)
    print(results)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(say(name)) for name in ("four", "five")]
    print([task.result() for task in tasks])


async def fail():
    raise LookupError("at once")


asyncio.run(main())
