"""The addresses of tasks."""

from django.urls import path

from stamkunde.tasks.views import lists, task

app_name = "tasks"

urlpatterns = [
    path("tasks/", lists.tasks, name="tasks"),
    path("tasks/new/", task.task_new, name="task_new"),
    path("tasks/<int:pk>/", task.task, name="task"),
    path("tasks/<int:pk>/change/", task.task_change, name="task_change"),
    path("tasks/<int:pk>/settling/", task.task_settling, name="task_settling"),
    path("tasks/<int:pk>/trying/", task.task_trying, name="task_trying"),
    path("tasks/<int:pk>/taking/", task.task_taking, name="task_taking"),
    path("tasks/<int:pk>/reopening/", task.task_reopening, name="task_reopening"),
]
