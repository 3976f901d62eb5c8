"""Seal the second factors that were stored as they are; there are a few for each of a team."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def seal_factors(_apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    # allauth's table is complete at the state this migration waits for.
    from weilu.core.factors import renew_factors

    for _done in renew_factors():
        pass


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_shared_memory"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal_factors, migrations.RunPython.noop)]
