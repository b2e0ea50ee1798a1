# A file that does not compile: non ascii error.
print("never")
名前 = "é" "日本" 5
