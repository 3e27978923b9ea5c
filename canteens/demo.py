"""The canteens of the demo province."""

from __future__ import annotations

from datetime import timedelta

from canteens.premises.models import Canteen, Supply
from logistics_portal.desk.plot import Plot
from schools.register.models import Place

MODES = [(Supply.Mode.SELF_RUN, 70), (Supply.Mode.CONTRACTED, 20), (Supply.Mode.DELIVERED, 10)]


def plant(plot: Plot) -> None:
    """Plant the file of each canteen and how it is supplied."""
    places = [place for place in plot.grown["places"] if place.kind == Place.Kind.CANTEEN]
    canteens = Canteen.objects.bulk_create([_canteen(plot, place) for place in places], batch_size=500)
    Supply.objects.bulk_create([_supply(plot, canteen) for canteen in canteens], batch_size=500)


def _canteen(plot: Plot, place: Place) -> Canteen:
    diners = max(60, place.school.pupils * plot.rng.randint(40, 90) // 100)
    return Canteen(
        place=place,
        seats=diners // 2,
        diners=diners,
        serves_breakfast=place.school.is_boarding,
        serves_supper=place.school.is_boarding,
        licence_no=f"JY3{place.school.division}{plot.rng.randint(10**6, 10**7 - 1)}",
        licence_until=plot.until + timedelta(days=plot.rng.choice([-3, 12, 45, 200, 500, 900, 1200, 1500])),
        own_production=place.school.is_rural_compulsory and plot.rng.random() < 0.3,
    )


def _supply(plot: Plot, canteen: Canteen) -> Supply:
    shown = canteen.place.school_id == plot.grown["shown"].pk
    mode = MODES[0][0] if shown else plot.rng.choices([m for m, _w in MODES], [w for _m, w in MODES])[0]
    operator = (
        "" if mode == Supply.Mode.SELF_RUN else f"{plot.rng.choice(['长白', '松江', '延边', '吉春'])}膳食服务有限公司"
    )
    return Supply(canteen=canteen, mode=mode, operator_name=operator, from_date=canteen.place.from_date)
