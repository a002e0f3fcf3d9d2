from django.apps import AppConfig


class TasksApp(AppConfig):
    name = "stamkunde.tasks"
    label = "tasks"
