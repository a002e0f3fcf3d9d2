from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class SalesApp(AppConfig):
    name = "stamkunde.sales"
    label = "sales"

    def ready(self) -> None:
        from stamkunde.catalogue import tabs
        from stamkunde.kit import recognisers
        from stamkunde.pricing import purchases
        from stamkunde.pricing import standings as who_buys
        from stamkunde.pricing import tabs as offer_tabs
        from stamkunde.sales import access, recognising, standings, telling

        purchases.register(telling.told)
        offer_tabs.register(
            offer_tabs.OfferTab(
                label=pgettext_lazy("tab", "What they cost"),
                view="sales:offer_figures",
                permission=access.SEE.name,
            )
        )

        who_buys.register(standings.SOURCE)
        recognisers.register(recognising.RECEIPTS, recognising.LAST_BOUGHT)
        tabs.register(
            tabs.ProductTab(label=pgettext_lazy("tab", "Sold"), view="sales:product_sales", permission=access.SEE.name)
        )
