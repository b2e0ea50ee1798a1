# An error in a match guard.
match 5:
    case x if x.nothing:
        pass
