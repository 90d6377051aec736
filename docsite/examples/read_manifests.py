from pathlib import Path

import runner

(reading,) = runner.read_manifests([Path("manifest.yaml")])
for problem in reading.problems:
    print(problem.rule.code, problem.message)
