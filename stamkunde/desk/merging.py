"""How it follows a customer that getting in touch with her was put off."""

from stamkunde.desk.models import ContactPutOff
from stamkunde.kit.merging import Follower, register

register(Follower(model=ContactPutOff, alike=()))
