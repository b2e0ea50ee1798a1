# One-way constraints kept by incremental planning: polymorphic calls over a graph.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


class Variable:
    def __init__(self, name, value):
        self.name = name
        self.value = value
        self.constraints = []
        self.determined_by = None
        self.strength = 9
        self.mark = 0
        self.stay = True


class Constraint:
    def __init__(self, strength):
        self.strength = strength
        for variable in self.variables():
            variable.constraints.append(self)

    def satisfied(self):
        return self.output() is not None and self.output().determined_by is self


class Stay(Constraint):
    def __init__(self, variable, strength):
        self.variable = variable
        super().__init__(strength)

    def variables(self):
        return [self.variable]

    def inputs(self):
        return []

    def output(self):
        return self.variable

    def choose(self, mark):
        return self.variable.mark != mark and self.strength < self.variable.strength

    def execute(self):
        pass


class Edit(Stay):
    pass


class Binary(Constraint):
    def __init__(self, a, b, strength):
        self.a, self.b = a, b
        self.forward = None
        super().__init__(strength)

    def variables(self):
        return [self.a, self.b]

    def inputs(self):
        return [self.a if self.forward else self.b]

    def output(self):
        return None if self.forward is None else self.b if self.forward else self.a

    def choose(self, mark):
        a, b = self.a, self.b
        if a.mark == mark:
            self.forward = True if b.mark != mark and self.strength < b.strength else None
        elif b.mark == mark:
            self.forward = False if self.strength < a.strength else None
        elif a.strength > b.strength:
            self.forward = False if self.strength < a.strength else None
        else:
            self.forward = True if self.strength < b.strength else None
        return self.forward is not None


class Equal(Binary):
    def execute(self):
        if self.forward:
            self.b.value = self.a.value
        else:
            self.a.value = self.b.value


class Scale(Binary):
    def __init__(self, a, b, factor, offset, strength):
        self.factor, self.offset = factor, offset
        super().__init__(a, b, strength)

    def execute(self):
        if self.forward:
            self.b.value = self.a.value * self.factor.value + self.offset.value
        else:
            self.a.value = (self.b.value - self.offset.value) // self.factor.value


class Planner:
    def __init__(self):
        self.mark = 0
        self.executed = 0

    def add(self, constraint):
        self.mark += 1
        while constraint is not None:
            constraint = self.satisfy(constraint)
        return self

    def satisfy(self, constraint):
        if not constraint.choose(self.mark):
            return None
        for variable in constraint.inputs():
            variable.mark = self.mark
        output = constraint.output()
        overridden = output.determined_by
        output.determined_by = constraint
        self.propagate(constraint)
        output.mark = self.mark
        return overridden

    def propagate(self, constraint):
        pending = [constraint]
        while pending:
            current = pending.pop()
            output = current.output()
            weakest = current.strength
            for variable in current.inputs():
                if variable.strength > weakest:
                    weakest = variable.strength
            output.strength = weakest
            current.execute()
            self.executed += 1
            for other in output.constraints:
                if other is not current and other.satisfied() and other.output() is not output:
                    pending.append(other)

    def remove(self, constraint):
        output = constraint.output()
        for variable in constraint.variables():
            variable.constraints.remove(constraint)
        if output.determined_by is constraint:
            output.determined_by = None
            output.strength = 9
            for other in sorted(output.constraints, key=lambda c: c.strength):
                if not other.satisfied():
                    self.add(other)

    def plan(self, source):
        self.mark += 1
        plan, pending = [], [source]
        while pending:
            current = pending.pop()
            output = current.output()
            if output.mark != self.mark:
                plan.append(current)
                output.mark = self.mark
                pending.extend([c for c in output.constraints if c is not current and c.satisfied() and c.output() is not output])
        return plan


def chain(length):
    planner = Planner()
    variables = [Variable(f"v{i}", 0) for i in range(length + 1)]
    for a, b in zip(variables, variables[1:]):
        planner.add(Equal(a, b, 0))
    planner.add(Stay(variables[-1], 7))
    edit = Edit(variables[0], 3)
    planner.add(edit)
    plan = planner.plan(edit)
    for value in range(60):
        variables[0].value = value
        for constraint in plan:
            constraint.execute()
    planner.remove(edit)
    return len(plan), variables[-1].value, planner.executed


def projection(size):
    planner = Planner()
    factor, offset = Variable("factor", 10), Variable("offset", 1000)
    targets = []
    for i in range(size):
        source, target = Variable(f"s{i}", i), Variable(f"t{i}", i)
        targets.append(target)
        planner.add(Stay(source, 5))
        planner.add(Scale(source, target, factor, offset, 0))
        edit = Edit(source, 2)
        planner.add(edit)
        for value in (17, 40, i):
            source.value = value
            for constraint in planner.plan(edit):
                constraint.execute()
        planner.remove(edit)
    return sum(t.value for t in targets), planner.executed


for _ in range(scaled(200)):
    result = chain(200), projection(400)
print(*result)
