# Rich comparison asks the right operand first if its class is a subclass of the left one's.
class A:
    def __init__(self, n): self.n = n
    def __lt__(self, o): print("A.lt", end=" "); return self.n < o.n
    def __gt__(self, o): print("A.gt", end=" "); return self.n > o.n
    def __eq__(self, o): print("A.eq", end=" "); return NotImplemented
class B(A):
    def __gt__(self, o): print("B.gt", end=" "); return self.n > o.n
    def __eq__(self, o): print("B.eq", end=" "); return self.n == o.n
class C(A): pass
print(A(1) < B(2)); print(B(1) < A(2)); print(A(1) < C(2)); print(A(1) > B(0)); print(A(1) == B(1)); print(B(1) == A(1)); print(A(1) == A(1)); print(A(1) != B(1)); print(A(1) != A(1))
try:
    A(1) <= A(2)
except TypeError as e:
    print(e)
