"""What holds for every calendar, whatever its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from logistics_portal.kit.dates import NationalCalendar, each_day
from schools.terms.rules.calendar import Calendar, CalendarTooShort, difference, totals
from schools.terms.rules.rows import Closure, Extra, Habits, Kind, Level, Rows, Term, Traits

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

FIRST, LAST = date(2026, 8, 20), date(2027, 1, 31)
DAYS = st.dates(FIRST, LAST)


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date]:
    first = draw(DAYS)
    return first, first + timedelta(days=draw(st.integers(0, 12)))


@st.composite
def extras(draw: st.DrawFn) -> Extra:
    kind = draw(st.sampled_from(Kind))
    serving = draw(st.sampled_from([None, False] if kind == Kind.CLOSED else [None, False, True]))
    boarding = draw(st.sampled_from([None, None, False, True]))
    level, reason = draw(st.sampled_from(Level)), draw(st.sampled_from("甲乙丙"))
    return Extra(*draw(spans()), kind, level, reason, serving, boarding)


@st.composite
def rows(draw: st.DrawFn) -> Rows:
    holidays = dict.fromkeys(draw(st.sets(DAYS, max_size=10)), "假日")
    make_up = dict.fromkeys(draw(st.sets(DAYS, max_size=4)) - set(holidays), "调休")
    levels = draw(st.sets(st.sampled_from(Level), max_size=3))
    terms = [Term(2026, 1, "第一学期", date(2026, 9, 1), date(2027, 1, 15) + timedelta(days=it)) for it in levels]
    terms = [replace(term, level=level) for term, level in zip(terms, levels, strict=True)]
    closures = [Closure(*span, reason=draw(st.sampled_from("甲乙"))) for span in draw(st.lists(spans(), max_size=3))]
    flags = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    habits = Habits(home_from_days=draw(st.integers(1, 4)), return_evening=draw(st.booleans()))
    return Rows(
        NationalCalendar.of(holidays, make_up),
        terms=tuple(terms),
        extras=tuple(draw(st.lists(extras(), max_size=5))),
        closures=tuple(closures),
        traits=(Traits(date(2020, 1, 1), date.max, *flags),),
        habits=habits,
    )


@given(rows())
def test_nobody_is_taught_or_fed_on_a_closed_day(one: Rows):
    here = Calendar(one)

    for closure in one.closures:
        for day in here.days(closure.first, closure.last):
            assert day.kinds == (False, False, False)
    for day in here.days(FIRST, LAST):
        if day.why == "closed":
            assert (day.operating, day.serving) == (False, False)


@given(rows())
def test_a_make_up_day_of_the_term_has_lessons_unless_a_row_says_otherwise(one: Rows):
    here = Calendar(one)
    spoken_for = {day for row in (*one.extras, *one.closures) for day in each_day(row.first, row.last)}

    for day, named in one.national.days.items():
        if here.term_on(day) and day not in spoken_for:
            assert here.is_operating(day) == named.working


@given(rows(), DAYS, st.sampled_from(Kind))
def test_a_school_s_own_row_holds_against_all_but_a_closure(one: Rows, day: date, kind: Kind):
    others = tuple(row for row in one.extras if row.level < Level.SCHOOL)
    assume(not any(closure.first <= day <= closure.last for closure in one.closures))

    here = Calendar(replace(one, extras=(*others, Extra(day, day, kind, Level.SCHOOL))))

    assert here.is_operating(day) == (kind == Kind.OPEN)


@given(rows(), st.randoms(use_true_random=False))
def test_a_day_does_not_hang_on_the_order_of_the_rows(one: Rows, chance: object):
    shuffled = {}
    for name in ("terms", "extras", "closures", "traits"):
        many = list(getattr(one, name))
        chance.shuffle(many)
        shuffled[name] = tuple(many)

    other = replace(one, **shuffled)

    assert Calendar(one).days(FIRST, LAST) == Calendar(other).days(FIRST, LAST)
    assert one.fingerprint() == other.fingerprint()


@given(rows(), DAYS)
def test_a_day_does_not_hang_on_what_was_asked_before(one: Rows, day: date):
    used = Calendar(one)
    used.days(FIRST, LAST)

    assert Calendar(one).day(day) == used.day(day)


@given(rows(), rows())
def test_two_calendars_differ_exactly_where_their_days_do(one: Rows, two: Rows):
    before, after = Calendar(one), Calendar(two)

    changes = difference(before, after, FIRST, LAST)

    assert (changes == []) == (before.days(FIRST, LAST) == after.days(FIRST, LAST))
    assert difference(before, Calendar(one), FIRST, LAST) == []
    assert {change.date for change in changes} == {
        day for day in each_day(FIRST, LAST) if before.day(day) != after.day(day)
    }


@given(rows(), DAYS, st.integers(0, 15))
@settings(max_examples=60)
def test_a_school_day_deadline_lands_on_a_school_day_and_never_goes_back(one: Rows, start: date, number: int):
    here = Calendar(one)

    try:
        found = here.add_school_days(start, number)
    except CalendarTooShort:
        assert here.deadline(start, number).provisional
        return

    assert here.is_operating(found)
    assert found >= start
    assert here.deadline(start, number).provisional is False
    assert number == 0 or len(here.operating_days(start + timedelta(days=1), found)) == number
    if number:
        assert here.add_school_days(start, number - 1) <= found
        assert here.add_school_days(start - timedelta(days=1), number) <= found


@given(st.lists(rows(), max_size=4))
@settings(max_examples=25)
def test_a_county_s_days_are_the_sum_of_its_schools(many: list[Rows]):
    schools = [Calendar(one) for one in many]

    county = totals(schools, FIRST, LAST)

    assert county.operating == sum(len(it.operating_days(FIRST, LAST)) for it in schools)
    assert county.serving == sum(len(it.days_of("serving", FIRST, LAST)) for it in schools)
    assert county.boarding == sum(len(it.days_of("boarding", FIRST, LAST)) for it in schools)


@given(rows())
def test_boarders_are_here_the_night_before_lessons_and_never_at_a_day_school(one: Rows):
    here = Calendar(one)
    boards = one.traits[0].boarding
    told = {day for row in one.extras for day in each_day(row.first, row.last)}

    for day in here.days(FIRST, LAST - timedelta(days=1)):
        if not boards:
            assert not day.boarding
        elif one.habits.return_evening and day.date not in told and day.why != "closure":
            assert day.boarding or not here.is_operating(day.date + timedelta(days=1))


@given(rows())
def test_boarders_are_in_the_house_on_the_days_around_each_night_and_every_other_night_says_why_not(one: Rows):
    here = Calendar(one)

    for day in here.days(FIRST, LAST):
        before = here.day(day.date - timedelta(days=1))
        night = here.no_night(day.date)
        freed = day.why in {"closure", "not_running"}
        assert day.lodged == (day.boarding or (before.boarding and not freed))
        assert (night is None) == day.boarding
        assert night is None or night.words.startswith("当晚无寄宿：")
        assert night is None or len(night.brief) > len("当晚无寄宿：")


@given(rows(), spans(), st.integers(1, 4), st.booleans())
def test_new_rows_touch_no_day_beyond_their_reach(one: Rows, span: tuple[date, date], home: int, added: bool):
    one = replace(one, habits=replace(one.habits, home_from_days=home))
    more = (
        {"extras": (*one.extras, Extra(*span, Kind.OPEN))} if added else {"closures": (*one.closures, Closure(*span))}
    )
    before, after = Calendar(one), Calendar(replace(one, **more))

    touched = one.habits.reach(*span)

    assert {it.date for it in difference(before, after, FIRST, LAST) if it.moves_duties} <= set(touched)


@given(rows(), st.sampled_from(["closures", "terms", "extras"]))
def test_other_rows_have_another_fingerprint(one: Rows, name: str):
    assume(getattr(one, name))

    assert replace(one, **{name: getattr(one, name)[1:]}).fingerprint() != one.fingerprint()
