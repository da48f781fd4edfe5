"""An audit as one HTML page that needs nothing else: no scripts, no network."""

import jinja2

from smastn.corpora.annotations import KINDS
from smastn.corpora.audit import Audit
from smastn.corpora.catalogue import card

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Audit of {{ card.title }}</title>
<style>
:root { color-scheme: light dark; --line: #8884; --quiet: #777; --bad: #b3261e; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #7fd8a2; --quiet: #aaa; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
.quiet { color: var(--quiet) } .bad { color: var(--bad) } .good { color: var(--good) }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line);
         vertical-align: top }
th:first-child, td:first-child { width: 18rem } code { font-size: .9em; overflow-wrap: anywhere }
</style></head><body>
<h1>Audit of {{ card.title }}</h1>
<p class="quiet"><code>{{ audit.root }}</code></p>
<p>{{ audit.clips }} clips of {{ audit.people }} people can be used
{%- if audit.macro %}, and {{ audit.macro }} macro-expressions{% endif %};
{{ audit.left_out }} annotated clips cannot.
{% if audit.pictures %}{{ audit.pictures }} pictures were decoded.
{% else %}Pictures were not decoded.{% endif %}</p>
{% if audit.flawless %}<p class="good">Nothing is wrong.</p>
{% else %}<p class="bad">{{ audit.defects | length }} things are wrong with this copy.</p>
{% endif %}
<h2>Emotions</h2>
<div class="wide"><table><tr><th>Emotion</th><th>Clips</th></tr>
{% for emotion, count in audit.emotions.items() %}
<tr><td>{{ emotion }}</td><td>{{ count }}</td></tr>
{% endfor %}</table></div>
{% for kind, count in audit.kinds().items() %}
<h2>{{ kind }} <span class="quiet">({{ count }})</span></h2>
<p class="quiet">{{ kinds[kind] }}.</p>
<div class="wide"><table><tr><th>Clip</th><th>Seen</th></tr>
{% for defect in audit.defects if defect.kind == kind %}
<tr><td><code>{{ defect.clip or "the whole corpus" }}</code></td>
<td>{{ defect.seen }}
{%- if defect.left_out %} <span class="bad">(left out)</span>{% endif %}</td></tr>
{% endfor %}</table></div>
{% endfor %}
</body></html>
"""


def audit_page(audit: Audit) -> str:
    """The audit as HTML, defects grouped by their kind."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_PAGE)
    return template.render(audit=audit, card=card(audit.name), kinds=KINDS)
