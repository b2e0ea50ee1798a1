"""Texts of some size that follow larger ones take no more memory than they need."""
import resource

big = ["x" * 900_000 + str(number) for number in range(60)]
del big
small = ["y" * 70_000 + str(number) for number in range(700)]
del small[::2]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
big = ["x" * 900_000 + str(number) for number in range(20)]
del big
small += ["z" * 70_000 + str(number) for number in range(200)]
with open("/proc/self/statm") as file:
    pages = int(file.read().split()[1])
# 550 of 70 KB are 37 MiB.
print(pages * resource.getpagesize() < 100 << 20)
