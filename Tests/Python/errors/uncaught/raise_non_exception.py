# Something that is no exception is raised.
raise "text"
