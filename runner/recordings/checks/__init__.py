"""Checks of recordings: facts of all files in, problems out. Is each fit to be sent?"""
