"""Drawing and listening in processes of their own, so that the window always answers.

Importing torch or Whisper, loading a model and computing with it hold Python's lock again and
again; a window in the same process would stand still each time. Each engine is a child process
that loads one model and serves one request at a time through a private pair of sockets:

* ``client.py`` starts it, talks to it and ends it (the window's side),
* ``server.py`` and ``__main__.py`` are the engine's side,
* ``messages.py`` is what crosses,
* ``pictures.py`` and ``speech.py`` are the two engines, each with both of its sides,
* ``engines.py`` holds the two together for the window.

The window's side never imports torch, nor any library of speech recognition.
"""
