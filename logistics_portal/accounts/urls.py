"""Addresses of people, posts, units, imports and acts."""

from django.urls import path

from logistics_portal.accounts.views import entrance, imports, lockouts, people, posts, requests, units

app_name = "accounts"
urlpatterns = [
    path("", people.people, name="people"),
    path("<int:pk>/", people.person, name="person"),
    path("<int:pk>/edit/", people.edit, name="person-edit"),
    path("<int:pk>/link/", people.link, name="link"),
    path("<int:pk>/lock/", people.lock, name="lock"),
    path("<int:pk>/unlock/", people.unlock, name="unlock"),
    path("<int:pk>/release/", lockouts.release, name="release"),
    path("lockouts/", lockouts.lockouts, name="lockouts"),
    path("<int:pk>/posts/new/", posts.pick_unit, name="pick-unit"),
    path("<int:pk>/posts/new/<int:unit_pk>/", posts.grant, name="grant"),
    path("posts/<int:pk>/revoke/", posts.revoke, name="revoke"),
    path("posts/<int:pk>/delegate/", posts.delegate, name="delegate"),
    path("requests/", requests.requests, name="requests"),
    path("requests/new/", requests.request_new, name="request-new"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("requests/<int:pk>/answer/", requests.answer, name="request-answer"),
    path("requests/<int:pk>/withdraw/", requests.withdraw, name="request-withdraw"),
    path("units/<int:pk>/ask/", requests.ask, name="unit-ask"),
    path("units/", units.units, name="units"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/people/new/", people.person_new, name="person-new"),
    path("units/<int:pk>/change/<slug:kind>/", units.ask, name="unit-change"),
    path("units/changes/<int:pk>/", units.decide, name="unit-decide"),
    path("import/", imports.upload, name="import"),
    path("import/template/", imports.template, name="import-template"),
    path("import/<slug:name>/", imports.check, name="import-check"),
    path("import/<slug:name>/answer/", imports.answer, name="import-answer"),
    path("import/<slug:name>/errors/", imports.errors, name="import-errors"),
    path("import/<slug:name>/carry-out/", imports.carry_out, name="import-carry-out"),
    path("import/<slug:name>/cancel/", imports.cancel, name="import-cancel"),
    path("acts/", entrance.acts, name="acts"),
    path("password/<str:uid>/<str:token>/", entrance.set_password, name="set-password"),
]
