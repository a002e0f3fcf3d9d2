"""What earns nothing in a programme, and what other currencies are worth in it, as they are kept."""

from stamkunde.loyalty.models import PointsExchange, PointsExclusion, Programme


def excluded(programme: Programme) -> dict[str, list[int]]:
    """Return the numbers of the products and categories that earn nothing."""
    rows = list(PointsExclusion.objects.filter(programme=programme))
    return {
        "products": sorted(row.product_id for row in rows if row.product_id),
        "categories": sorted(row.category_id for row in rows if row.category_id),
    }


def rates(programme: Programme) -> list[PointsExchange]:
    """Return what other currencies are worth, by currency, and the latest first."""
    return list(PointsExchange.objects.filter(programme=programme).order_by("currency", "-valid_from"))
