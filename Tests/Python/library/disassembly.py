# dis shows the instructions of an assignment and of a call with sums.
import dis
dis.dis("spam = eggs - 1")
dis.dis("print(x + ' ' + y)")
def f(a, b=1):
    for i in range(a):
        if i > b: return [i, b]
    return {"k": a}
dis.dis(f)
