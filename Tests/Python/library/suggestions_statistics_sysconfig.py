# Native modules that traceback, statistics and sysconfig stand on.
import _statistics
import _suggestions
import _sysconfig


def show(function, *arguments):
    try:
        print(function.__name__, arguments, "->", repr(function(*arguments)))
    except Exception as error:
        print(function.__name__, arguments, "->", type(error).__name__, error)


class S(str):
    pass


near = _suggestions._generate_suggestions
show(near, ["abc", "abd", "xyz"], "abe")
show(near, ["abc", "abd", "xyz"], "abd")
show(near, ["bluch", "blech"], "bluchin")
show(near, ["ABC", "abd"], "abc")
show(near, [], "abc")
show(near, ["abc"], "")
show(near, ["a", "b", "c"], "d")
show(near, ["a" * 40, "b" * 41], "a" * 39 + "c")
show(near, ["a" * 41], "a" * 41)
show(near, ["name"] * 800, "nme")
show(near, [str(i) for i in range(740)] + ["noun"], "noum")
show(near, [str(i) for i in range(760)] + ["noun"], "noum")
show(near, ["été", "ete"], "eté")
show(near, [S("first")], "frist")
show(near, ("abc",), "abd")
show(near, ["abc", 3], "abd")
show(near, ["abc"], b"abd")
show(near, ["abc"])
show(near)

normal = _statistics._normal_dist_inv_cdf
for p in (0.5, 0.1, 0.9, 0.001, 0.999, 1e-12, 1e-300, 1 - 1e-16, 0.075, 0.925, 0.4250001, 0.0750001):
    show(normal, p, 0.0, 1.0)
    show(normal, p, -3, 2.5)
show(normal, 0.25, float("inf"), 1.0)
show(normal, 0.25, 1.0, float("nan"))
for p in (0.0, 1.0, -1.0, 2.0, float("nan")):
    show(normal, p, 0.0, 1.0)
show(normal, "x", 0.0, 1.0)
show(normal, 0.5, 0.0)

variables = _sysconfig.config_vars()
print(type(variables), {name: variables[name] for name in ("Py_GIL_DISABLED", "Py_DEBUG")})
show(_sysconfig.config_vars, 1)
print(_sysconfig.config_vars() is variables)

import statistics

print(statistics.NormalDist(100, 15).inv_cdf(0.9), statistics.NormalDist(100, 15).quantiles(5))
print(statistics.NormalDist.from_samples([1, 2, 3, 4.5]).zscore(3))
print(statistics.mean([1, 2, 3.5]), statistics.median([3, 1, 2]), statistics.stdev([1, 2, 3, 4]), statistics.fmean([1, 2, 4], [1, 1, 2]))
print(statistics.linear_regression([1, 2, 3], [2, 4, 6.5]), statistics.correlation([1, 2, 3], [3, 2, 1]))
print(statistics.mode("aabbb"), statistics.multimode("aabb"), statistics.harmonic_mean([40, 60]), statistics.geometric_mean([54, 24, 36]))

import sysconfig

print(sysconfig.get_path_names(), sysconfig.get_scheme_names()[:3], sysconfig.get_default_scheme())
print(sysconfig.get_python_version(), sysconfig.get_platform(), sysconfig.is_python_build())
print(sysconfig.get_path("data", "posix_prefix", {"base": "/b"}), sysconfig.get_path("stdlib", "nt", {"installed_base": "/i"}))


class C:
    attribute = 1


for text in ("C().atribute", "[].apend", "pritn", "import sys; sys.exut"):
    try:
        exec(text)
    except Exception as error:
        import traceback

        print(traceback.format_exception_only(error))
