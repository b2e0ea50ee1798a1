# Mixed arithmetic between complex and real keeps signed zeros and infinities as 3.14 defines it.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

inf = float("inf"); nan = float("nan")
for z in [complex(0.0, 0.0), complex(-0.0, 1.0), complex(inf, -0.0), complex(nan, inf), complex(2.0, -3.0), complex(-0.0, -0.0)]:
    for r in [0.0, -0.0, 2.0, -1.0, inf, nan, 0, -3]:
        print(z, r, z + r, r + z, z - r, r - z, z * r, r * z)
        show(f"{z} / {r}", lambda: z / r)
        show(f"{r} / {z}", lambda: r / z)
