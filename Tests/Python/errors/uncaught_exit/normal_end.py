# A program that ends normally.
print("end")
