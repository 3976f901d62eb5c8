"""The ladder for insults becomes the rule about insults' own."""

from django.db import migrations


def move(apps, _editor):
    for one in apps.get_model("moderation", "Policy").objects.all():
        if one.abuse_ladder:
            own = {"way": "own", "ladder": one.abuse_ladder, "window_days": one.window_days}
            one.rules = {**one.rules, "abuse": own}
            one.save(update_fields=["rules"])


def move_back(apps, _editor):
    for one in apps.get_model("moderation", "Policy").objects.all():
        one.abuse_ladder = one.rules.get("abuse", {}).get("ladder", [])
        one.save(update_fields=["abuse_ladder"])


class Migration(migrations.Migration):
    dependencies = [("moderation", "0005_rule_ladders")]

    operations = [
        migrations.RunPython(move, move_back),
        migrations.RemoveField(model_name="policy", name="abuse_ladder"),
    ]
