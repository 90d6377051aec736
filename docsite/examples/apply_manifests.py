import os
from dataclasses import replace
from pathlib import Path

import runner
from runner.settings import read_settings

settings = read_settings(os.environ)
settings = replace(settings, new_ledger=True)  # this once; later runs go on with it
results = runner.apply_manifests([Path("manifest.yaml")], settings)
print(results.exit_status, [(each.id, each.outcome) for each in results.walkthroughs])
