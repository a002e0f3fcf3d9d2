"""What can be done about purchases and returns."""

from stamkunde.sales.actions.exchanges import register_exchange
from stamkunde.sales.actions.figures import refresh_summaries
from stamkunde.sales.actions.orders import change_customer_of_order, register_order
from stamkunde.sales.actions.returns import register_return

__all__ = ["change_customer_of_order", "refresh_summaries", "register_exchange", "register_order", "register_return"]
