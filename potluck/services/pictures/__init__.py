"""Making the files of a cover out of whatever was sent as a picture.

`PictureProcessor` is what the rest of the program uses. Pictures are hostile until proven
otherwise: all that looks into one (`worker` and what it imports) runs in a child process, and
Pillow is loaded nowhere else.
"""

from potluck.services.pictures.picture import PictureFile, ProcessedPicture, UnusablePicture
from potluck.services.pictures.processor import PictureProcessor

__all__ = ["PictureFile", "PictureProcessor", "ProcessedPicture", "UnusablePicture"]
