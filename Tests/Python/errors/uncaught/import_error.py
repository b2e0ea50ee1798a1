# A module that does not exist.
import module_that_does_not_exist
