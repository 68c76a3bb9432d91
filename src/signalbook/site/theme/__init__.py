"""MkDocs theme `signalbook`: one template, one style sheet, one small script. MkDocs finds it by its entry point.

signalbook has its own theme because pages are read at night, on a phone: the first view of a page stays small, and no third-party files are loaded.
"""
