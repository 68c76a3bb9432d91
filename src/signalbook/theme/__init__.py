"""The MkDocs theme `signalbook`: one template, one style sheet, one small script; MkDocs finds it by its entry point.

It is ours because a page is read at night, on a phone: the first view of any page stays small, and nothing is fetched from elsewhere.
"""
