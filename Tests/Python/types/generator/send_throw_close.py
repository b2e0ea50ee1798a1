# send, throw and close in every state of a generator.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

def g():
    log = []
    try:
        while True:
            try:
                got = yield log[-1:] or "start"
                log.append(got)
                if got == "stop": return "value"
                if got == "fail": raise KeyError("inside")
            except ValueError as e:
                log.append(("caught", str(e)))
    finally:
        print("finally", log)
def state(x): return x.gi_running, x.gi_frame is None, x.gi_suspended, x.gi_yieldfrom
STEPS = {"next": lambda x: next(x), "send None": lambda x: x.send(None), "send 5": lambda x: x.send(5), "send stop": lambda x: x.send("stop"), "send fail": lambda x: x.send("fail"), "throw ValueError": lambda x: x.throw(ValueError("v")), "throw class": lambda x: x.throw(ValueError), "throw KeyError": lambda x: x.throw(KeyError("k")),
         "close": lambda x: x.close(), "throw exit": lambda x: x.throw(GeneratorExit), "throw 5": lambda x: x.throw(5), "throw stop": lambda x: x.throw(StopIteration("s"))}
for a in STEPS:
    for b in STEPS:
        x = g()
        print(a, "|", b, "|", attempt(STEPS[a], x), state(x), attempt(STEPS[b], x), state(x), attempt(next, x), attempt(x.close))
