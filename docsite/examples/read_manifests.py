from pathlib import Path

import runner

(reading,) = runner.read_manifests([Path("manifest.yaml")])
for problem in reading.problems:
    print(problem.code, problem.message)
