"""The documentation says all there is, and nothing that is not so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from sqaudit.codes import all_codes
from sqaudit.conformance.checking import CHECKS
from sqaudit.documents.validation import KINDS, schema_of
from sqaudit.plugin.loading import HOOKS

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
WALKED = sorted(
    page.relative_to(ROOT).as_posix()
    for page in (ROOT / "docs").rglob("*.md")
    if page.parent.name == "tutorial" or re.search(r"^<!-- (run|file: .*) -->$", page.read_text(), re.MULTILINE)
)
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_CODE = re.compile(r"```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_CHANGING = re.compile(r"(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00)|(?<![-\w])[0-9a-f]{12}\b")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _masked(changing: re.Match[str]) -> str:
    """Fingerprints, and the moments of this run; moments of the records stay."""
    moment = changing["moment"]
    if moment and abs(datetime.now(UTC) - datetime.fromisoformat(moment)) > timedelta(days=1):
        return moment
    return "…"


def test_generated_pages_are_current():
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_stale_pages_are_named(tmp_path, monkeypatch):
    """A page that is not current fails the look, and writing makes it current."""
    namespace: dict[str, Any] = {"__name__": "generate", "__file__": str(ROOT / "docs" / "generate.py")}
    exec(compile((ROOT / "docs" / "generate.py").read_text(), "generate.py", "exec"), namespace)  # noqa: S102
    namespace["DOCS"] = tmp_path / "docs"
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    page.write_text("# Page\n\n<!-- generated: scorers -->\nold\n<!-- end -->\nkept\n")
    assert namespace["main"](["--check"]) == 1
    assert "old" in page.read_text()
    assert namespace["main"]([]) == 0
    assert "old" not in page.read_text()
    assert "kept" in page.read_text()
    assert namespace["main"](["--check"]) == 0


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented(hook):
    assert f"### `{hook}`" in (REFERENCE / "plugins.md").read_text(encoding="utf-8")


def test_every_check_of_plugins_is_documented():
    section = (REFERENCE / "plugins.md").read_text(encoding="utf-8").partition("## Checks")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE) == [*CHECKS]


@pytest.mark.parametrize("page", ["errors.md", "errors.zh.md"])
def test_every_code_is_documented(page):
    text = (REFERENCE / page).read_text(encoding="utf-8")
    assert [code for code in all_codes() if f"### {code} " not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_key_is_documented(kind):
    sections = _tables((REFERENCE / "documents.md").read_text(encoding="utf-8"))
    missing = [f"{title}.{key}" for title, key in _keys(schema_of(kind)) if key not in sections.get(title, ())]
    assert missing == []


def test_every_page_is_reached_from_the_index(pages):
    docs = ROOT / "docs"
    reached = {docs / "index.md"}
    waiting = [docs / "index.md"]
    while waiting:
        page = waiting.pop()
        for target in _targets(page):
            found = (page.parent / target.split("#")[0]).resolve()
            if found.suffix == ".md" and found.is_file() and found not in reached:
                reached.add(found)
                waiting.append(found)
    assert [page for page in pages if page.is_relative_to(docs) and page not in reached] == []


def test_every_relative_link_resolves(pages):
    broken = []
    for page in pages:
        for target in _targets(page):
            path, _, anchor = target.partition("#")
            found = (page.parent / path).resolve() if path else page
            if not found.exists() or (anchor and found.suffix == ".md" and anchor not in _anchors(found)):
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_document_in_the_pages_is_valid(pages, blocks_of, tmp_path, check_page):
    """The documents that one page shows stand together as a project without a problem."""
    found = 0
    for number, page in enumerate(pages):
        project = tmp_path / str(number)
        for block in blocks_of(page):
            content = yaml.safe_load(block.text) if block.language == "yaml" else None
            if isinstance(content, dict) and {"kind", "project"} & content.keys():
                found += 1
                path = project / _file_of(content, block.marker)
                if path.exists():
                    check_page(page, project)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, encoding="utf-8")
        if project.exists():
            check_page(page, project)
    assert found > 5, "the pages show no documents"


@pytest.fixture
def check_page(blocks_of, install_plugin, run_sqaudit, project_on_disk, tmp_path):
    """Check the documents of a page, with the plugin that it brings; only with one a process of its own is needed."""

    def check(page: Path, project: Path) -> None:
        site = tmp_path / "plugins" / page.stem
        for block in blocks_of(page):
            kind, _, value = block.marker.partition(": ")
            if kind == "file" and block.language != "yaml":
                path = tmp_path / "files" / value
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, encoding="utf-8")
            if kind == "install" and not site.exists():
                install_plugin(tmp_path / "files" / value, site)
        if not (project / "sqaudit.yaml").exists():
            (project / "sqaudit.yaml").write_text("project: page\n")
        if site.exists():
            done = run_sqaudit(project, "check", plugins=(site,))
            code, said = done.returncode, done.stdout + done.stderr
        else:
            outcome = project_on_disk(project).run("--no-plugins", "check")
            code, said = outcome.code, outcome.text
        assert code == 0, f"{page.relative_to(ROOT)}: {said}"

    return check


def test_every_piece_of_a_document_has_its_shape(pages, blocks_of):
    """A block that shows only some keys of a document shows them as the schema has them."""
    for page in pages:
        for block in blocks_of(page):
            content = yaml.safe_load(block.text) if block.language == "yaml" else None
            if isinstance(content, dict) and not ({"kind", "project", "jobs", "cases"} & content.keys()):
                where = f"{page.relative_to(ROOT)}:{block.line}"
                assert any(_fits(content, schema_of(kind)) for kind in (*KINDS, "answers")), where


@pytest.mark.parametrize("page", WALKED)
def test_a_reader_who_follows_the_page_sees_what_it_shows(page, walkthrough, blocks_of):
    """Commands succeed; what they show equals the block marked ``output``, in which … stands for anything.

    With SQAUDIT_UPDATE_DOCS set, outputs that differ are written into the page instead.
    """
    path = ROOT / page
    differing = []
    for block in blocks_of(path):
        if block.marker != "output":
            walkthrough.follow(block, run_all=path.parent.name == "tutorial")
            continue
        shown = "".join(f"{line.rstrip()}\n" for line in walkthrough.shown.splitlines())
        if not re.fullmatch(re.escape(block.text).replace("…", ".*?"), shown, re.DOTALL):
            differing.append((block, shown))
    if os.environ.get("SQAUDIT_UPDATE_DOCS"):
        text = path.read_text(encoding="utf-8")
        for block, shown in reversed(differing):
            text = text[: block.start] + _CHANGING.sub(_masked, shown) + text[block.start + len(block.text) :]
        path.write_text(text, encoding="utf-8")
    else:
        told = [f"{page}:{block.line} shows\n{block.text}\nreally\n{shown}" for block, shown in differing]
        assert not told, "\n".join(told)


def _targets(page: Path) -> Iterator[str]:
    for match in _LINK.finditer(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if not re.match(r"[a-z]+:", match["target"]):
            yield match["target"]


def _anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def _tables(text: str) -> dict[str, set[str]]:
    """The keys of every table, by the mapping that its heading names."""
    tables: dict[str, set[str]] = {}
    for section in re.split(r"^###? ", text, flags=re.MULTILINE):
        title = section.split("\n", 1)[0].strip("`")
        tables.setdefault(title, set()).update(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    return tables


def _keys(schema: Any) -> Iterator[tuple[str, str]]:
    if isinstance(schema, list):
        for each in schema:
            yield from _keys(each)
    elif isinstance(schema, dict):
        if "title" in schema and isinstance(schema.get("properties"), dict):
            yield from ((schema["title"], key) for key in schema["properties"])
        for each in schema.values():
            yield from _keys(each)


def _file_of(content: Mapping[str, Any], marker: str) -> str:
    if marker.startswith("file: "):
        return marker.removeprefix("file: ")
    match content:
        case {"kind": "standard"}:
            return f"standards/{content['id']}/standard.yaml"
        case {"kind": "checklist"}:
            return f"standards/{content['standard'].split('@')[0]}/checklists/{content['id']}.yaml"
        case {"kind": "programme"}:
            return f"audits/{content['id']}/programme.yaml"
        case _:
            return "sqaudit.yaml"


def _fits(content: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Whether every key is one of this mapping, or of one inside it, and holds what it may."""
    definitions = schema["$defs"]
    for mapping in _mappings_of(schema):
        keys = mapping["properties"]
        if content.keys() <= keys.keys():
            piece = {"$defs": definitions, "type": "object", "properties": keys}
            return jsonschema.Draft202012Validator(piece).is_valid(content)
    return False


def _mappings_of(schema: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield schema
        for each in schema.values():
            yield from _mappings_of(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _mappings_of(each)
