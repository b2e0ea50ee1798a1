# Lists as arrays, stacks and queues: indexing, append, pop, slices, insertion, multiplication.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def matrix_product(a, b, size):
    result = [[0] * size for _ in range(size)]
    for i in range(size):
        row = a[i]
        out = result[i]
        for j in range(size):
            total = 0
            for k in range(size):
                total += row[k] * b[k][j]
            out[j] = total
    return result


for _ in range(scaled(30)):
    size = 75
    a = [[(i * j + 1) % 17 for j in range(size)] for i in range(size)]
    product = matrix_product(a, a, size)
    stack = []
    for n in range(200000):
        stack.append(n)
        if n % 3 == 0:
            stack.pop()
    ring = list(range(1000))
    for n in range(40000):
        ring.append(ring.pop(0) + 1)
    for n in range(5000):
        ring[n % 500:n % 500 + 4] = [n, n + 1, n + 2, n + 3]
        ring.insert(n % 1000, ring.pop())
    values = [0] * 1000
    for n in range(100000):
        values[n * 7 % 1000] += n
        values[n % 999], values[999 - n % 999] = values[999 - n % 999], values[n % 999]
    stack.reverse()
    print(sum(map(sum, product)), len(stack), stack[5], sum(ring), sum(values) % 65521, ring.index(max(ring)), (stack + ring).count(7), [1, 2] * 3 == [1, 2, 1, 2, 1, 2])
