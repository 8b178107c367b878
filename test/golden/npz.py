"""Arrays of every type of numbers that NumPy saves by default, in both orders of axes.

Run in this folder, with Python 3.11 and NumPy 2.4.6:  python3 npz.py
It writes savez.npz and savez-compressed.npz.
"""

import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
types = "f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8".split()
arrays = {name: np.array([[0, 1, 2], [3, 100, 127]], dtype=name) for name in types}
arrays["bool"] = np.array([True, False, True])
arrays["default"] = np.arange(4)
arrays["scalar"] = np.array(7)
arrays["empty"] = np.zeros((0, 3))
arrays["big_endian"] = np.array([1.5, -2.25], dtype=">f8")
arrays["fortran"] = np.asfortranarray(np.arange(24, dtype=np.int64).reshape(2, 3, 4))
arrays["half"] = np.array([1e-8, 6e-8, 6.1e-5, 1 / 3, -65504, np.inf, -np.inf, np.nan], dtype="f2")
arrays["largest"] = np.array([2**53 - 1, -(2**53 - 1)])

np.savez(here / "savez.npz", **arrays)
np.savez_compressed(here / "savez-compressed.npz", **arrays)
