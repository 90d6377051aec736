from pathlib import Path

import runner

(reading,) = runner.read_manifests([Path("manifest.yaml")])
if reading.manifest is not None:
    print([walkthrough.id for walkthrough in reading.manifest.walkthroughs])
