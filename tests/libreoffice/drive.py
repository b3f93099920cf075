"""Drives a real LibreOffice Calc as a person would: open a file, type into one cell, save under another format.

Reads a JSON job from stdin: {"profile": folder, "locale": "nl-NL", "steps": [step, ...]}. A step opens one file, types into
cells and saves copies: {"open": path, "import": filter options or null, "type": [{"key": text in column A, "column": header,
"text": ...}], "save": [{"path": ..., "filter": ..., "options": ...}]}. Prints "ready" once the office answered and "done" at
the end; anything else is a failure. Run with the Python that knows `uno` (Debian: python3-uno).
"""

import json
import os
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooLocale" oor:op="fuse"><value>{language}</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="UILocale" oor:op="fuse"><value>{language}</value></prop></item>
</oor:items>
"""


def properties(**values):
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


def start(profile, locale):
    """An office of its own, with a profile of its own in this locale; and its desktop."""
    user = os.path.join(profile, "user")
    os.makedirs(user, exist_ok=True)
    language = locale if locale == "en-US" else locale.split("-")[0]
    with open(os.path.join(user, "registrymodifications.xcu"), "w", encoding="utf-8") as file:
        file.write(SETTINGS.format(locale=locale, language=language))
    pipe = "dirsheet-%d-%s" % (os.getpid(), locale)
    office = subprocess.Popen(
        [
            "soffice", "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
            "-env:UserInstallation=" + uno.systemPathToFileUrl(profile),
            "--accept=pipe,name=%s;urp;" % pipe,
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    url = "uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe
    for _ in range(240):
        try:
            remote = resolver.resolve(url)
            break
        except Exception:
            if office.poll() not in (None, 81):
                raise SystemExit("the office ended with %s" % office.returncode)
            time.sleep(0.25)
    else:
        office.kill()
        raise SystemExit("the office did not answer within a minute")
    desktop = remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
    return office, desktop


def users_sheet(document):
    sheets = document.Sheets
    return sheets.getByName("Users") if sheets.hasByName("Users") else sheets.getByIndex(0)


def type_into(sheet, key, column, text):
    """Types into the cell of the row whose first cell is `key`, in the column with this header."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    rows, columns = cursor.RangeAddress.EndRow + 1, cursor.RangeAddress.EndColumn + 1
    headers = [sheet.getCellByPosition(at, 0).String for at in range(columns)]
    keys = [sheet.getCellByPosition(0, at).String for at in range(rows)]
    cell = sheet.getCellByPosition(headers.index(column), keys.index(key))
    # What typing does: numbers and dates are recognised by the locale, unless the cell is formatted as text.
    cell.FormulaLocal = text


def save_as(document, save):
    """Saves a copy. A text file is made of the worksheet with the users: a person looks at that one."""
    target = dict(FilterName=save["filter"], Overwrite=True)
    written = save["path"]
    if save.get("options"):
        number = users_sheet(document).RangeAddress.Sheet
        if number > 0:
            # Told to take one worksheet of several, the program adds its name to that of the file.
            target["FilterOptions"] = "%s,false,%d" % (save["options"], number + 1)
            stem, ending = os.path.splitext(written)
            written = "%s-%s%s" % (stem, users_sheet(document).Name, ending)
        else:
            target["FilterOptions"] = save["options"]
    document.storeToURL(uno.systemPathToFileUrl(save["path"]), properties(**target))
    os.replace(written, save["path"])


def run(job):
    office, desktop = start(job["profile"], job["locale"])
    try:
        print("ready", flush=True)
        for step in job["steps"]:
            options = dict(Hidden=True)
            if step.get("import"):
                options.update(FilterName="Text - txt - csv (StarCalc)", FilterOptions=step["import"])
            document = desktop.loadComponentFromURL(
                uno.systemPathToFileUrl(step["open"]), "_blank", 0, properties(**options))
            if document is None:
                raise SystemExit("cannot open %s" % step["open"])
            for typed in step["type"]:
                type_into(users_sheet(document), typed["key"], typed["column"], typed["text"])
            for save in step["save"]:
                save_as(document, save)
            document.close(True)
        print("done", flush=True)
    finally:
        try:
            desktop.terminate()
        except Exception:
            pass
        try:
            office.wait(20)
        except subprocess.TimeoutExpired:
            office.kill()


run(json.load(sys.stdin))
