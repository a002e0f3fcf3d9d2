from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ConfigApp(AppConfig):
    name = "stamkunde.config"
    label = "config"

    def ready(self) -> None:
        """Put together what must not know of each other: what stands side by side on one floor."""
        from stamkunde.desk.places import Place, add_places
        from stamkunde.events.delivering import deliver_due
        from stamkunde.jobs.regular import regular

        regular(deliver_due)
        add_places(
            Place(
                view="counter:counter",
                label=pgettext_lazy("navigation", "Counter"),
                icon="barcode",
                permission="sales.register",
                key="g k",
            ),
            Place(view="exchange:imports", label=_("Import"), icon="upload", permission="exchange.import", key="g i"),
            Place(view="exchange:exports", label=_("Export"), icon="download", permission="exchange.export", key="g x"),
            Place(view="exchange:tokens", label=_("Tokens"), icon="key", is_setting=True,
                  text=_("By which other programs come in, and what they may do.")),
            Place(view="exchange:webhooks", label=_("Webhooks"), icon="send", permission="exchange.webhooks",
                  is_setting=True, text=_("Other programs that are told what happens, as it happens.")),
            Place(view="exchange:api", label="API", icon="plug", is_setting=True,
                  text=_("All that another program can do here, with examples.")),
        )  # fmt: skip
        autodiscover_modules("privacy", "invariants", "merging", "retention")
