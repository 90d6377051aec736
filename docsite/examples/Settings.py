import os
from pathlib import Path

from runner.settings import read_settings

settings = read_settings(os.environ, media_root=Path("card"))
print(settings.media_root)
