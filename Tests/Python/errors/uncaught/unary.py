# Carets under a unary operator.
x = -"text"
