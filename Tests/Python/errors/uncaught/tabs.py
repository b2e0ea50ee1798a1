# Carets in an indented line with tabs.
if True:
	x = 1 + None
