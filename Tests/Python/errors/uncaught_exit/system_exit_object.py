# SystemExit with an object.
class A:
    def __str__(self):
        return "object text"


raise SystemExit(A())
