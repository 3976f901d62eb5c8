"""Pages for staff, one folder per page: `weilu/console/<page>/` with urls, views, tests.

Map
- guard.page(right)   the door of every view; failures of `core.errors` become pages
- http.Request        the type of `request`: `.actor` for actions and queries, `.seat`, `.htmx`
- parts               Head, Tile, Badge, Tone, Empty, Tab, Progress: plain values a view hands over
- charts              line, bars, heat, cohort, lorenz, graph: each makes a Chart with its table
- tables, lists       the list-page machine: Column, Spec, in_memory, list_page
- filters             period, group, staff, bots from the address, and their bar
- formats             number, short, percent, duration, day, moment, relative, change_words
- sentences           codes of expected failures as sentences; add yours with SENTENCES.update
- places              NAV, the navigation: the one list to add a page to; a place shows up once its
                      url name exists, the pages `inside` it below it
- context             what base.html knows: places, workspace, communities, look
- templatetags.weilu  loaded everywhere, so are `i18n` and `static`: no {% load %} needed

A new page
1. `weilu/console/<page>/urls.py` with plain names and one include line in `console/urls.py`.
   Put it into places.NAV when it belongs into the navigation.
2. View:  @page(Right.SEE_MEMBERS)
          def members(request: Request) -> HttpResponse:
              head = Head(_("Members"), sentence)         # one sentence that tells what is known
              return render(request, "members/list.html", {"head": head, ...})
   A list: return list_page(request, "members/list.html", SPEC, source, {"head": head}, total=n)
   where SPEC = Spec(name="members", columns=[Column("name", _("Name"), link=url_of), Column(
   "messages", _("Messages"), Kind.NUMBER, fact=True)], key=lambda row: row.pk, sort="-messages",
   empty=Empty(...)). First column says who; mark three as `fact` for phones. `source(ask)` returns
   at most ask.limit rows by (ask.sort, key), both descending or not, beyond ask.after; short
   lists: in_memory(SPEC, rows). HTMX fragment, paging and `?format=xlsx` come by themselves.
3. Template in `weilu/console/templates/<page>/`: {% extends "console/base.html" %}, blocks
   `tools` (quiet buttons), `action` (the one primary button), `filters`, `main`, `scripts`.
   In main: <div class="tiles">{% for t in tiles %}{% tile t %}{% endfor %}</div>, <div
   class="charts">{% chart_card c %}</div>, {% table table %}, {% tabs tabs %}, {% empty e %},
   {% progress p %}, {% field form.x %} or {% include "console/parts/form.html" %},
   {% filter_bar bar %}. Charts: {% block scripts %}{% include "console/parts/chart_scripts.html"
   %}{% endblock %}. Login and set-up pages extend "console/plain.html".
4. No `style=` and no inline script: the content security policy refuses them. JSON for scripts:
   {% data value "id" %}. Behaviour by attributes (weilu.js): data-copy="#id", data-confirm="…",
   data-submit-on-change, data-drop (upload area), data-show="dialog id", data-dismiss.
5. Icons are Tabler's names; the sprite holds those written as `icon "x"` in templates or
   icon="x" and Place(…) in Python: after a new one run `weilu.config.assets.fetch` again.
6. Words: source in English, then `weilu.config.catalogue.update()` adds them to the Chinese
   catalogue; fill them in. A test fails while one is missing.
"""
