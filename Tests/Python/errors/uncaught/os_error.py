# OSError of an absent file.
open("there is no such file")
