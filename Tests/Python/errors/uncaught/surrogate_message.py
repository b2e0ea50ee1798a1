# A message with a lone surrogate.
raise ValueError("lone \udc80 surrogate")
