# KeyError shows the repr of its key.
{}["it's"]
