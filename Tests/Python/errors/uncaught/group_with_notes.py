# A group, its members and their notes.
e = ValueError("member")
e.add_note("note of the member")
g = ExceptionGroup("group", [e])
g.add_note("note of the group")
raise g
