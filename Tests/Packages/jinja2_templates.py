# Templates by jinja2: inheritance, macros, filters, escaping, errors with the template's lines.
from jinja2 import DictLoader, Environment, StrictUndefined, TemplateSyntaxError, UndefinedError

environment = Environment(loader=DictLoader({
    "base": "<title>{% block title %}none{% endblock %}</title>{% block body %}{% endblock %}",
    "page": """{% extends "base" %}{% block title %}{{ title|title }}{% endblock %}
{% macro row(item, index) %}<li>{{ index }}: {{ item.name|e }} {{ "%.2f"|format(item.price) }}</li>{% endmacro %}
{% block body %}<ul>{% for item in items if item.price > 1 %}{{ row(item, loop.index) }}{% else %}empty{% endfor %}</ul>
{{ items|map(attribute="name")|join(", ")|upper }} {{ items|sum(attribute="price") }} {{ none_here|default("-") }}{% endblock %}""",
    "broken": "line one\n{% for x in %}\n",
}), trim_blocks=True)
items = [{"name": "<tea>", "price": 2.5}, {"name": "pin", "price": 0.5}, {"name": "jam & bread", "price": 3}]
print(environment.get_template("page").render(title="the shop", items=items))
print(environment.get_template("page").render(title="empty", items=[]))
try:
    environment.get_template("broken")
except TemplateSyntaxError as error:
    print(type(error).__name__, error, error.lineno)
try:
    Environment(undefined=StrictUndefined).from_string("{{ missing.name }}").render()
except UndefinedError as error:
    print(error)
print(Environment(autoescape=True).from_string("{{ text }} {{ text|safe }} {{ 7 // 2 }} {{ [1, 2][::-1] }}").render(text="<b>"))
