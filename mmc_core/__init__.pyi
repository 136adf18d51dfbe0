from . import datasets as datasets
from .audio import CLIP_S as CLIP_S
from .audio import SR as SR
from .audio import Audio as Audio
from .audio import load_audio as load_audio

__version__: str
