# A SyntaxError of eval'd text.
eval("1 +* 2")
