"""Every picture drawn, kept: one folder of files, and what makes thousands of them quick.

``FOLDER/*.png`` is the truth, each with its metadata inside; a ``.flac`` of the same name is what
was said. ``starred/`` has an empty file for each starred picture, ``trash/`` what was deleted.
``thumbnails/`` and ``index.sqlite3`` can be lost at any time: they are made again.
"""

from app.gallery.entry import Entry
from app.gallery.gallery import Gallery, usual_folder
from app.gallery.trash import Trashed

__all__ = ["Entry", "Gallery", "Trashed", "usual_folder"]
