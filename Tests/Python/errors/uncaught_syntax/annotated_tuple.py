# A file that does not compile: annotated tuple.
print("never")
(a, b): int = 1, 2
