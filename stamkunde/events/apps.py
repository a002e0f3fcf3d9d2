from django.apps import AppConfig


class EventsApp(AppConfig):
    name = "stamkunde.events"
    label = "events"
