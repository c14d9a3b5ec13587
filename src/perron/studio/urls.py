from django.urls import path

from perron.studio import alerts, describing, editing, home, imports, previewing, reach, releasing

app_name = "studio"

urlpatterns = [
    path("", home.front, name="front"),
    path("<slug:community>/", home.home, name="home"),
    path("<slug:community>/items/", home.listing, name="listing"),
    path("<slug:community>/alert/", alerts.alert, name="alert"),
    path("<slug:community>/settings/", describing.settings, name="settings"),
    path("<slug:community>/reach/", reach.shown, name="reach"),
    path("<slug:community>/reach.csv", reach.exported, name="reach-file"),
    path("<slug:community>/import/", imports.begin, name="import"),
    path("<slug:community>/rendered/", previewing.rendered, name="rendered"),
    path("<slug:community>/new/<slug:kind>/", editing.begin, name="begin"),
    path("<slug:community>/items/<uuid:item>/", editing.edit, name="edit"),
    path("<slug:community>/items/<uuid:item>/alert/", alerts.update, name="update"),
    path("<slug:community>/items/<uuid:item>/preview/", previewing.preview, name="preview"),
    path("<slug:community>/items/<uuid:item>/preview/<slug:language>/", previewing.previewed, name="previewed"),
    path("<slug:community>/items/<uuid:item>/release/", releasing.release, name="release"),
    path("<slug:community>/items/<uuid:item>/schedule/", releasing.schedule, name="schedule"),
    path("<slug:community>/items/<uuid:item>/unschedule/", releasing.unschedule, name="unschedule"),
    path("<slug:community>/items/<uuid:item>/withdraw/", releasing.withdraw, name="withdraw"),
    path("<slug:community>/items/<uuid:item>/discard/", releasing.discard, name="discard"),
]
