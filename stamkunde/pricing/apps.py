from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class PricingApp(AppConfig):
    name = "stamkunde.pricing"
    label = "pricing"

    def ready(self) -> None:
        from stamkunde.catalogue import tabs
        from stamkunde.kit import selections
        from stamkunde.pricing import access
        from stamkunde.pricing.queries.selected import selected_vouchers

        selections.register_list("vouchers", selected_vouchers)
        tabs.register(
            tabs.ProductTab(
                label=pgettext_lazy("tab", "Prices and offers"),
                view="pricing:product_prices",
                permission=access.SEE.name,
            )
        )
