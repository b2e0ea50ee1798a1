# KeyboardInterrupt raised by the program.
print("before", flush=True)
raise KeyboardInterrupt
