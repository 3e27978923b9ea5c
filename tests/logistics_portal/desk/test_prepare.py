"""Bringing a database with data up to date."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from logistics_portal.accounts.models import Post
from logistics_portal.desk.management.commands import prepare
from logistics_portal.records.guards import all_guards, installed_names
from tests.factories import ground


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_table_that_guards_read_is_laid_anew_once_they_are_away():
    ground.user("office_clerk", ground.county())
    call_command("install_guards", stdout=StringIO())

    with pytest.raises(DatabaseError), connection.schema_editor() as editor:
        editor._remake_table(Post)
    prepare.Command(stdout=StringIO())._migrate()
    with connection.schema_editor() as editor:
        editor._remake_table(Post)

    assert Post.objects.count() == 1
    assert not installed_names(connection)


@pytest.mark.django_db
def test_the_guards_come_back_first():
    prepare.Command(stdout=StringIO())._load(prepare.REFERENCE[0])

    assert {guard.name for guard in all_guards()} == installed_names(connection)
