import KraitCompiler

print("krait-compile")
