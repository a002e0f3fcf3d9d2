from django.urls import path

from stamkunde.jobs import views

app_name = "jobs"

urlpatterns = [
    path("work/", views.work, name="work"),
    path("work/<int:pk>/progress/", views.progress, name="progress"),
    path("work/<int:pk>/tries/", views.try_again, name="try_again"),
    path("work/<int:pk>/cancellation/", views.cancel, name="cancel"),
    path("work/<int:pk>/pause/", views.pause, name="pause"),
    path("work/<int:pk>/resumption/", views.resume, name="resume"),
]
