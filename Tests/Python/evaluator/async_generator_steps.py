import asyncio
async def g(n):
    for i in range(n):
        if i==3: await asyncio.sleep(0)
        x = yield i
        if x: print('got',x)
async def main():
    async for i in g(6): print(i)
    a=g(3); print(await a.__anext__()); print(await a.asend('hi'))
    try:
        s=a.asend(None); print(await s); await s
    except RuntimeError as e: print(e)
    try: await a.__anext__()
    except StopAsyncIteration: print('stop')
    b=g(2); it=b.__anext__()
    try: it.send(None)
    except StopIteration as e: print('value',e.value)
    print([i async for i in g(4) if i%2])
asyncio.run(main())
