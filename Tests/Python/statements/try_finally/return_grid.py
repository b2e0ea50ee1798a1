# return, break, continue and raise in each part of try statements.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

def run_one(body, handler, last, other):
    log = []
    def act(kind, place):
        log.append(place)
        if kind == "raise": raise ValueError(place)
        return kind
    def function():
        for i in range(2):
            try:
                k = act(body, "body")
                if k == "return": return "body"
                if k == "break": break
                if k == "continue": continue
            except ValueError as e:
                k = act(handler, "handler")
                if k == "return": return "handler"
                if k == "break": break
                if k == "continue": continue
            else:
                k = act(other, "else")
                if k == "return": return "else"
                if k == "break": break
                if k == "continue": continue
            finally:
                act(last if last == "raise" else "pass", "finally")
            log.append("after")
        else:
            log.append("loop else")
        return "end"
    return attempt(function), log
KINDS = ["pass", "return", "break", "continue", "raise"]
for body in KINDS:
    for handler in KINDS:
        for last in ("pass", "raise"):
            for other in KINDS if body == "pass" else ["pass"]:
                print(body, handler, last, other, run_one(body, handler, last, other))
