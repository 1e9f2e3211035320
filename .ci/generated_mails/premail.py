"""Moves the styles of pages into their elements with premailer.

Usage: premail.py PAGES MAILS, two folders.

An address is written with the login page of nobody, because premailer escapes braces in addresses; the variable is put in
its place afterwards, as the people who use premailer do.
"""

import pathlib
import sys

import premailer

LOGIN = "https://login.example.com/"
MARK = "{{ login_url }}"


def main(pages, mails):
    mails = pathlib.Path(mails)
    mails.mkdir()
    for number, page in enumerate(sorted(pathlib.Path(pages).iterdir())):
        source = page.read_text().replace(MARK, LOGIN)
        made = premailer.transform(
            source,
            keep_style_tags=number % 2 == 1,
            strip_important=number % 3 == 0,
            disable_validation=True,
            allow_network=False,
            cssutils_logging_level=100,
        )
        (mails / page.name).write_text(made.replace(LOGIN, MARK))


main(*sys.argv[1:])
