# An error in a coroutine that is driven by hand.
async def f():
    return await None


f().send(None)
