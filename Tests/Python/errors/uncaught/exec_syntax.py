# A SyntaxError of exec'd text.
exec("if x\n    pass")
