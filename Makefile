# Every target does its own set-up; bootstrap.py does the same without make.
FITS = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(FITS)' 2>/dev/null && { echo $$p; exit; }; done; echo python3)

.PHONY: pilot test lab lint notebooks spark lock setup
pilot test lab lint notebooks spark lock setup:
	@$(PYTHON) bootstrap.py $@
