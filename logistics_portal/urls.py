"""Every address of the portal. The wings are named, never imported."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

ROOMS = {
    "": "logistics_portal.desk.urls",
    "people/": "logistics_portal.accounts.urls",
    "jobs/": "logistics_portal.desk.jobs.urls",
    "parameters/": "logistics_portal.desk.figures.urls",
    "records/": "logistics_portal.records.urls",
    "schools/": "schools.urls",
    "canteens/": "canteens.urls",
    "dormitories/": "dormitories.urls",
    "campus/": "campus.urls",
    "inspections/": "inspections.urls",
    "api/v1/": "inspections.api",
}
CLOSED = ("signup/", "email/", "password/reset/", "password/set/", "confirm-email/", "verified-email/", "phone/")

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(f"account/{name}", RedirectView.as_view(pattern_name="account_login")) for name in CLOSED),
    path("account/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    *(path(prefix, include(room)) for prefix, room in ROOMS.items()),
]

handler400 = "logistics_portal.desk.views.bad_request"
handler403 = "logistics_portal.desk.views.forbidden"
handler404 = "logistics_portal.desk.views.not_found"
