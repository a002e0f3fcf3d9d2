"""`{% url %}` as it is built in here: the usual kind, a view and numbers, is written by `kit.addresses`."""

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as any_url
from django.urls import NoReverseMatch
from django.utils.html import escape

from stamkunde.kit.addresses import address

register = template.Library()


class AddressNode(template.Node):
    def __init__(self, view: str, parts: list[FilterExpression], name: str | None) -> None:
        self.view, self.parts, self.name = view, parts, name

    def render(self, context: template.Context) -> str:
        try:
            url = address(self.view, *(part.resolve(context) for part in self.parts))
        except NoReverseMatch:
            if not self.name:
                raise
            url = ""
        if not self.name:
            return escape(url)
        context[self.name] = url
        return ""


@register.tag
def url(parser: Parser, token: Token) -> template.Node:
    """Write an address as Django's own tag does; that one is used where the view or a part has a name."""
    node: URLNode = any_url(parser, token)
    view = node.view_name.var
    if not isinstance(view, str) or node.kwargs:
        return node
    return AddressNode(view, node.args, node.asvar)
