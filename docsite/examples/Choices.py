import os
from pathlib import Path

import runner
from runner.settings import read_settings

settings = read_settings(os.environ)
choices = runner.Choices(again=frozenset({"level-2-2026-01-20"}))
plan = runner.plan_manifests([Path("manifest.yaml")], settings, choices)
print(plan.is_pending)
