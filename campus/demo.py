"""The campus facilities of the demo province."""

from __future__ import annotations

from datetime import timedelta

from campus.assets.models import Facility, NoFacility
from logistics_portal.desk.plot import Plot
from schools.register.models import Place

ASKED = {
    Facility.Kind.WELL: 0.25,
    Facility.Kind.SECONDARY_SUPPLY: 0.4,
    Facility.Kind.BOILER: 0.5,
    Facility.Kind.LAB: 0.4,
    Facility.Kind.SHOP: 0.2,
    Facility.Kind.FIRE_ROOM: 0.3,
    Facility.Kind.BUILDING_SITE: 0.05,
    Facility.Kind.LABOUR_SITE: 0.6,
}
CERTIFIED = {Facility.Kind.BOILER, Facility.Kind.FIRE_ROOM, Facility.Kind.EXTINGUISHERS}


def plant(plot: Plot) -> None:
    """Plant each campus's facilities, and say where there is none of a kind."""
    places = [place for place in plot.grown["places"] if place.kind == Place.Kind.CAMPUS]
    facilities, none = [], []
    for place in places:
        for kind, share in ASKED.items():
            if plot.rng.random() < share:
                facilities.append(_facility(plot, place, kind))
            else:
                none.append(NoFacility(place=place, kind=kind, said_on=plot.first))
        facilities.append(_facility(plot, place, Facility.Kind.EXTINGUISHERS))
    Facility.objects.bulk_create(facilities, batch_size=500)
    NoFacility.objects.bulk_create(none, batch_size=500)


def _facility(plot: Plot, place: Place, kind: Facility.Kind) -> Facility:
    certified = kind in CERTIFIED
    return Facility(
        place=place,
        kind=kind,
        name=str(kind.label),
        certificate_no=f"吉检{plot.rng.randint(10000, 99999)}" if certified else "",
        certificate_until=plot.until + timedelta(days=plot.rng.choice([-5, 20, 90, 300])) if certified else None,
        from_date=place.from_date,
    )
