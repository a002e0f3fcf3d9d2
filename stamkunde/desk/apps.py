from django.apps import AppConfig


class DeskApp(AppConfig):
    name = "stamkunde.desk"
    label = "desk"

    def ready(self) -> None:
        from stamkunde.desk.selecting import ENTITY, selected_customers
        from stamkunde.kit.selections import register_list

        register_list(ENTITY, selected_customers)
