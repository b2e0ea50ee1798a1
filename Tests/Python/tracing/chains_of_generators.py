"""A tool that comes when a chain of generators has handed values on already is told of each of them, and one that goes leaves no trace."""
import sys

events = []


def trace(frame, event, argument):
    if frame.f_code.co_name in NAMES:
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    return trace


def profile(frame, event, argument):
    if frame.f_code.co_name in NAMES:
        events.append((frame.f_code.co_name, event))


def innermost(count):
    for number in range(count):
        if number == 3:
            sys.setprofile(profile)
        yield number


def third(count):
    result = yield from innermost(count)
    yield result


def second(count):
    yield from third(count)
    return "second"


def outermost(count):
    yield (yield from second(count))


NAMES = {"innermost", "third", "second", "outermost"}
for start in sys.settrace, sys.setprofile:
    chain = outermost(8)
    print([next(chain) for _ in range(3)])
    for tool in trace, None, trace:
        start(tool)
        try:
            value = next(chain)
        finally:
            start(None)
            sys.setprofile(None)
        print(value, events)
        events.clear()
    print(list(chain), events)

monitoring = sys.monitoring
monitoring.use_tool_id(monitoring.PROFILER_ID, "chains")
kinds = [name for name in ("PY_START", "PY_RESUME", "PY_YIELD", "PY_RETURN", "PY_THROW", "PY_UNWIND")]
for name in kinds:
    monitoring.register_callback(monitoring.PROFILER_ID, getattr(monitoring.events, name), lambda code, *rest, name=name: events.append((name, code.co_name)) if code.co_name in NAMES else None)
chain = outermost(3)
print([next(chain) for _ in range(2)])
for active in True, False:
    monitoring.set_events(monitoring.PROFILER_ID, sum(getattr(monitoring.events, name) for name in kinds) if active else 0)
    print(next(chain, "end"))
    print(events)
    events.clear()
chain = outermost(3)
print([next(chain) for _ in range(2)])
monitoring.set_local_events(monitoring.PROFILER_ID, second.__code__, monitoring.events.PY_YIELD | monitoring.events.PY_RESUME)
print(next(chain), next(chain), events)
monitoring.free_tool_id(monitoring.PROFILER_ID)
