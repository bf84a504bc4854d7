"""`manage.py load_reference`: the rows that every installation starts from; may run at every start."""

from django.core.management.base import BaseCommand

from config.workdays import seed
from consultation import presets as consultation
from members.presets import appraisal, bodies, contacts, profiles, schemes
from members.presets import committees as members
from proposals import presets as proposals
from workstations.presets import duty, letters, lists, reception, standards

PARTS = {
    "行政区划": members.load,
    "节假日与调休": seed.load,
    "群众提问提醒": profiles.load,
    "聘期提醒": bodies.load,
    "考评申诉与述职评议": appraisal.load,
    "考评方案范本": schemes.load,
    "走访提醒": contacts.load,
    "周期任务提醒": duty.load,
    "建站检查提醒": standards.load,
    "群众反映提醒": reception.load,
    "项目步骤提醒": lists.load,
    "互通信息提醒": letters.load,
    "微建议类别与办理提醒": proposals.load,
    "协商规程、定额与成果提醒": consultation.load,
}


class Command(BaseCommand):
    help = "Add the reference rows that are missing: divisions, calendar, categories, procedures, reminder rules."

    def handle(self, *, verbosity, **options):
        for name, load in PARTS.items():
            load()
            if verbosity:
                self.stdout.write(f"{name}：已就绪")
