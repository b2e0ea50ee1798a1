# An error inside a call over several lines.
result = max(
    1,
    [2][5],
    3,
)
