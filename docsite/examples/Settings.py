import os

from runner.settings import read_settings

settings = read_settings(os.environ, {"media_root": "card"})
print(settings.media_root)
