# make run     install what is missing, then open the window
# make test    the same with what tests need, then every check and test
# make lint    style and types only
# make bench    measure window, drawing and training beside alternatives, on an idle machine
# make bench-speech CAPTIONS=metadata.jsonl    measure how well speech is understood (three hours)
# make audit ADVISORIES=all.zip    name the locked packages' known weaknesses, and what may report home
# make pictures    draw docs/colours.jpg, docs/names.jpg and the screenshots anew
# make reinstall   look again for what is missing (a compiler came, a package was removed)
# make install     install what is missing, and put the program into the desktop's menu
# make uninstall   take it out of the menu again
# make bundle       make a folder that needs no Python: dist/speech2bird
# make test-bundle  the same, and try it in a Debian without Python
# make clean    remove .venv and what tools keep
# make run PYTHON=/path/to/python3    with this Python instead of the one that is found
# make run GPU=yes|no    with PyTorch for NVIDIA graphics cards, or for processors alone (3.8 GB less);
#                        without this, a new .venv gets what this computer can use
#
# The stamps in .venv say what is installed: a second run installs nothing. They are redone when
# the program's requirements change.
SHELL := /bin/bash
.DEFAULT_GOAL := run

python := .venv/bin/python
requirements := setup.cfg $(wildcard requirements/*.lock) scripts/install_program.sh \
	scripts/install_system_packages.sh scripts/find_python.sh scripts/find_nvidia_card.sh
ifeq ($(origin GPU),command line)
ifeq ($(filter $(GPU),yes no),)
$(error GPU is yes or no)
endif
# Another choice than the last one installs anew.
requirements += $(if $(filter-out $(shell cat .venv/gpu 2>/dev/null),$(GPU)),another-gpu)
endif
# What must fit the other systems, too: calls that they do not have are found here.
portable := main.py app models --exclude ^models/training/
stamp := .venv/installed
test_stamp := .venv/installed-for-tests

.PHONY: run install uninstall bundle test-bundle test lint bench bench-speech audit pictures reinstall clean another-gpu

run: $(stamp)
	$(python) main.py

# For this person alone.
install: $(stamp)
	$(python) main.py --install-desktop

uninstall:
	$(python) main.py --uninstall-desktop

# Three tests at a time with a thread each, as many wait for a microphone, in the order of
# tests/conftest.py (the long files first),
# then those that measure how quickly something answers.
# `.venv/bin/python -m pytest` runs all of them, one after the other.
test: lint
	OMP_NUM_THREADS=1 $(python) -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not alone and not slow"
	$(python) -m pytest -m alone

# A folder that needs no Python, for this system: dist/speech2bird.
bundle: $(stamp)
	GPU=no VENV=build/bundle/python scripts/install_program.sh bundle
	build/bundle/python/bin/python -m PyInstaller --noconfirm --log-level WARN --distpath dist \
		--workpath build/bundle/work scripts/bundle/speech2bird.spec
	du -sh dist/speech2bird

# In a Debian without Python; needs the administrator.
test-bundle: $(test_stamp) bundle
	$(python) -m pytest -m slow -rP tests/test_bundle.py

lint: $(test_stamp)
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	$(python) -m mypy --platform win32 --cache-dir .mypy_cache/win32 $(portable)
	$(python) -m mypy --platform darwin --cache-dir .mypy_cache/darwin $(portable)

$(stamp): $(requirements)
	scripts/install_system_packages.sh
	scripts/install_program.sh
	touch $@

$(test_stamp): $(requirements)
	scripts/install_system_packages.sh --test
	scripts/install_program.sh test
	touch $(stamp) $@

bench: $(test_stamp)
	$(if $(DISPLAY)$(filter Darwin,$(shell uname)),,xvfb-run -a) $(python) -m benchmarks.window
	$(if $(DISPLAY)$(filter Darwin,$(shell uname)),,xvfb-run -a) $(python) -m benchmarks.gallery
	$(if $(DISPLAY)$(filter Darwin,$(shell uname)),,xvfb-run -a) $(python) -m benchmarks.endurance
	$(python) -m benchmarks.drawing
	$(python) -m benchmarks.layers
	$(python) -m benchmarks.training

# Captions that the language model has not seen (none: everyday English alone); SEEN=FILE leaves
# out those that it has.
bench-speech: $(test_stamp)
	$(python) -m benchmarks.speech $(CAPTIONS) $(if $(SEEN),--seen $(SEEN))

audit: $(test_stamp)
	$(python) -m scripts.telemetry
	$(python) scripts/audit.py $(ADVISORIES)

# Drawn by the bundled weights; `look` and `side-by-side` make the README's other pictures.
pictures: $(test_stamp)
	$(python) scripts/pictures.py
	$(python) scripts/screenshots.py

reinstall:
	rm -f $(stamp) $(test_stamp)
	$(MAKE) $(stamp)

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
