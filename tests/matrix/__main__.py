"""Writes what new doors answer into the table: `python -m tests.matrix`; with `all`, what every door answers.

Read the difference before you keep it.
"""

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["WRITE_ANSWERS"] = "all" if sys.argv[1:] == ["all"] else "new"
    sys.exit(pytest.main(["-q", "-m", "proof", "tests/matrix/test_answers.py", "-k", "everybody"]))
