import os
from pathlib import Path

import runner
from runner.settings import read_settings

settings = read_settings(os.environ)
plan = runner.plan_manifests([Path("manifest.yaml")], settings)
print("pending" if plan.is_pending else "nothing to do")
