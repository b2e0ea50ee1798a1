# Each instruction of an expression, as a tracer sees it: where execution stands in the disassembly.
import dis
import io
import sys


def trace(frame, event, argument):
    if frame.f_code.co_filename != "<string>":
        return None
    frame.f_trace_opcodes = True
    output = io.StringIO()
    dis.disco(frame.f_code, frame.f_lasti, file=output)
    shown = [line for line in output.getvalue().splitlines() if "-->" in line]
    value = argument if isinstance(argument, (str, list, type(None))) else type(argument).__name__
    print(event, frame.f_code.co_name, frame.f_lineno, frame.f_lasti, value)
    print("\n".join(shown) if event == "opcode" else output.getvalue().replace(hex(id(frame.f_code)), "0x0"))
    return trace


sys.settrace(trace)
result = eval('"-".join([letter for letter in "hello"])')
sys.settrace(None)
print(result)


def count(frame, event, argument):
    frame.f_trace_opcodes = True
    frame.f_trace_lines = False
    events.append((event, frame.f_lasti if event == "opcode" else None))
    return count


def f(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += i
    return total


events = []
sys.settrace(count)
f(3)
sys.settrace(None)
print(events)
