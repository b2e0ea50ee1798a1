# A file that does not compile: match unreachable.
print("never")
match 1:
    case x:
        pass
    case 2:
        pass
