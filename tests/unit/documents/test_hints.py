"""What to do about a mistake is told in words that help, and no secret is repeated."""

from sqaudit.builtin.engines.postgresql import PostgreSQLEngine

PROGRAMME = "audits/monthly/programme.yaml"


def problems_with(read, folder, **options):
    return [(str(one.message), str(one.hint)) for one in read(folder, **options).problems]


def test_a_password_is_not_repeated_and_its_place_is_named(project, read):
    path = project / PROGRAMME
    text = path.read_text(encoding="utf-8")
    text = text[: text.index("  tickets:")] + (
        "  tickets:\n    engine: {postgresql: {url: 'postgresql://audit:hunter2@db/service'}}\n    table: tickets\n"
        "    site: queue\n    time: opened_at\n"
    )
    path.write_text(text, encoding="utf-8")
    ((message, hint),) = [
        told for told in problems_with(read, project, engines={"postgresql": PostgreSQLEngine()}) if "url" in told[0]
    ]
    assert message == "'url' holds a password"
    assert "env:NAME" in hint
    assert "file:PATH" in hint
    assert "hunter2" not in message + hint


def test_a_country_of_three_letters_is_known_by_two(project, read):
    path = project / "sqaudit.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}calendar: {{open: always, holidays: CHN}}\n", encoding="utf-8")
    told = problems_with(read, project)
    assert told == [("no holidays are known for the country 'CHN'", "did you mean 'CN'?")]


def test_a_cap_without_its_number_is_told_how_to_write_it(project, read):
    path = project / "standards" / "desk" / "standard.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("critical: {cap: 59.99}", "critical: cap"), encoding="utf-8")
    assert problems_with(read, project) == [("'cap' is no value of 'critical'", "write {cap: …}")]


def test_who_names_an_old_id_is_told_the_new_one(project, read):
    standard, checklist = (project / "standards" / "desk" / name for name in ("standard.yaml", "checklists"))
    text = standard.read_text(encoding="utf-8").replace("id: SP-1", "id: SP-10\n    was: [SP-0, SP-1]")
    standard.write_text(text, encoding="utf-8")
    for other in checklist.iterdir():
        if other.stem != "other-desk":
            other.write_text(other.read_text(encoding="utf-8").replace("SP-1", "SP-10"), encoding="utf-8")
    assert ("standard 'desk' has no criterion 'SP-1'", "'SP-1' is called 'SP-10' now") in problems_with(read, project)
