from django.db import migrations


def keep_declared(apps, schema_editor):
    """Visits whose letters were said become known joins."""
    scans = apps.get_model("groups", "Scan").objects.filter(
        declared_by__isnull=False, declared_at__isnull=False, target__isnull=False
    )
    apps.get_model("groups", "KnownJoin").objects.bulk_create(
        [
            apps.get_model("groups", "KnownJoin")(
                link_id=link, group_id=group, identity_id=who, how="said", at=at
            )
            for link, group, who, at in scans.order_by("pk").values_list(
                "link_id", "target__group_id", "declared_by_id", "declared_at"
            )
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0010_known_joins'),
    ]

    operations = [
        migrations.RunPython(keep_declared, migrations.RunPython.noop),
    ]
