from .api import analyze as analyze
from .api import export as export
from .api import make_synthetic_corpus as make_synthetic_corpus
from .api import predict as predict
from .api import prepare as prepare
from .api import read_corpus as read_corpus
from .api import spot as spot
from .corpora.clip import Clip as Clip
from .errors import SmastnError as SmastnError
from .evaluation.clip_dataset import ClipDataset as ClipDataset
from .evaluation.compare import compare as compare
from .evaluation.evaluate import evaluate as evaluate
from .evaluation.train_corpus import train as train
from .media.frames import read_frames as read_frames
from .methods.predictor import Predictor as Predictor

__version__: str
