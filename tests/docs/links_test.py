"""Every link in the documents leads to a file of this repository, and to a heading of it. Asks no network."""
import pathlib
import re
import sys

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def anchors(text):
    for heading in HEADING.findall(FENCE.sub("", text)):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(root, page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        aim = (page.parent / path) if path else page
        if not aim.exists():
            yield f"{page.relative_to(root)}: there is no {target}"
        elif anchor and anchor not in anchors(aim.read_text(encoding="utf-8")):
            yield f"{page.relative_to(root)}: {path or page.name} has no heading #{anchor}"


def main(root):
    pages = sorted(root.glob("*.md")) + sorted((root / "docs").glob("*.md"))
    found = [line for page in pages for line in broken_links(root, page)]
    print(*found, f"{len(pages)} pages, {len(found)} broken links", sep="\n")
    return 1 if found or not pages else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
