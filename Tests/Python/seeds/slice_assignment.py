# A list's slice is replaced by another list.
letters = ["a", "b", "c", "d", "e", "f", "g"]
letters[2:5] = ["C", "D", "E"]
print(letters)
letters[2:5] = []
print(letters)
letters[:] = []
print(letters)
numbers = [1, 5]
numbers[1:1] = [2, 3, 4]
print(numbers, numbers[1:3], numbers[::-1])
numbers[0:2] = numbers
print(numbers)
