# Assignment to and deletion of every slice of a list.
for i in [None, 0, 1, 3, 9, -1, -2, -9]:
    for j in [None, 0, 2, 4, 9, -1, -9]:
        for k in [None, 1, 2, -1, -2]:
            for new in [[], [9], [8, 9], [6, 7, 8, 9]]:
                work = [0, 1, 2, 3, 4]
                try:
                    work[i:j:k] = new
                    print(work, end=" ")
                except ValueError as error:
                    print(error, end=" ")
            work = [0, 1, 2, 3, 4]
            del work[i:j:k]
            print(i, j, k, work)
