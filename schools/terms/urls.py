"""Addresses of calendars, holidays and closures."""

from __future__ import annotations

from django.urls import path

from schools.terms.views import calendars, closures, days, holidays

urlpatterns = [
    path("<int:pk>/calendar/", days.month, name="month"),
    path("<int:pk>/year/", days.year, name="year"),
    path("<int:pk>/closure/", closures.ask_for, name="ask-closure"),
    path("calendar/own/", days.own, name="own-month"),
    path("calendars/", calendars.calendar_list, name="calendars"),
    path("calendars/draft/", calendars.draft, name="calendar-draft"),
    path("calendars/<int:pk>/", calendars.calendar_page, name="calendar"),
    path("calendars/<int:pk>/term/", calendars.term, name="calendar-term"),
    path("calendars/<int:pk>/extra/", calendars.extra, name="calendar-extra"),
    path("calendars/<int:pk>/term/<int:row>/", calendars.remove, {"what": "term"}, name="calendar-remove-term"),
    path("calendars/<int:pk>/extra/<int:row>/", calendars.remove, {"what": "extra"}, name="calendar-remove-extra"),
    path("calendars/<int:pk>/publish/", calendars.publish, name="calendar-publish"),
    path("calendars/<int:pk>/discard/", calendars.discard, name="calendar-discard"),
    path("holidays/", holidays.holiday_list, name="holidays"),
    path("holidays/template.xlsx", holidays.template, name="holiday-template"),
    path("holidays/upload/", holidays.upload, name="holiday-upload"),
    path("holidays/<int:pk>/", holidays.holiday_page, name="holiday"),
    path("holidays/<int:pk>/publish/", holidays.publish, name="holiday-publish"),
    path("closures/", closures.closure_list, name="closures"),
    path("closures/ask/", closures.ask, name="closure-ask"),
    path("closures/declare/", closures.declare, name="closure-declare"),
    path("closures/<int:pk>/", closures.closure_page, name="closure"),
    path("closures/<int:pk>/approve/", closures.decide, {"step": "approve"}, name="closure-approve"),
    path("closures/<int:pk>/refuse/", closures.decide, {"step": "refuse"}, name="closure-refuse"),
    path("closures/<int:pk>/withdraw/", closures.decide, {"step": "withdraw"}, name="closure-withdraw"),
    path("closures/<int:pk>/revoke/", closures.decide, {"step": "revoke"}, name="closure-revoke"),
]
