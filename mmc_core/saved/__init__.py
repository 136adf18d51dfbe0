"""What this program saves and opens again in later versions: one module for each kind of file.

A kind of file is described by plain dataclasses, which the rest of the program works with. Pydantic
checks them where a file is read, and nowhere else. Every file says the number of its schema.
"""
