# An error in a property.
class A:
    @property
    def p(self):
        return self._p


print(A().p)
