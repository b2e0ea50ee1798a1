# A name that a module does not have.
from gc import nothing_like_this
