"""What a masked column holds is computed with, and comes out masked only: of the store, of reports, of rejects."""

import json

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.model.masking import HIDDEN, Masking, mask_cell

NAMES = ("张三丰", "张伟", "欧阳娜娜", "Anna Lindqvist")
PHONES = ("13800138000", "13912345678", "13700001111", "4420794600")
SECRETS = (*NAMES, *PHONES, "Lindqvist", "0013800", "0079460")
STANDARD = """
kind: standard
id: calls
version: "1.0"
ratings: [{rating: good, from: 80}, {rating: poor, from: 0}]
dimensions: {speed: {}}
datasets:
  calls:
    columns:
      call: {type: integer, optional: true}
      at: timestamp
      caller: {type: text, optional: true MASK_TRUE}
      agent: {type: text MASK_NAME}
      ok: {type: boolean, optional: true}
      wait: {type: number, optional: true}
      code: {type: integer, optional: true}
  again:
    columns:
      at: timestamp
      who: {type: text MASK_NAME}
      calls: integer
criteria: [{id: S-1, dimension: speed, target: ">= 0.8"}]
"""
CHECKLIST = """
kind: checklist
id: desk
standard: calls@1
dataset: calls
items:
  - {id: resolved, criterion: S-1, measure: share(ok), by: [agent]}
  - {id: waited, measure: p90(wait), by: [agent, ok]}
  - {id: callers, measure: distinct(caller), by: [agent]}
  - {id: callers-of-all, measure: distinct(caller)}
  - {id: mobile, measure: share(ok), where: "starts_with(caller, '13')", by: [caller]}
  - {id: long-names, measure: count(length(agent) > 2)}
  - {id: again, dataset: again, measure: mean(calls), by: [who]}
"""
PROGRAMME = """
kind: programme
id: monthly
standard: calls@1
checklists: [desk]
sites: [{id: east}, {id: west}]
period: month
sources:
  calls:
    path: calls.csv
    site: site
    time: at
    key: [tel, call]
    columns: {caller: tel, agent: name, code: "CAST(right(name, 1) AS INTEGER)"}
  again:
    query: >
      SELECT c.site_of AS site, o.at, c.agent AS who, c.n AS calls
      FROM (SELECT agent, 'east' AS site_of, min(call) AS first, count(*) AS n FROM calls GROUP BY agent) c
      JOIN calls o ON o.agent = c.agent AND o.call = c.first
    site: site
    time: at
"""
MASKS = {"MASK_TRUE": ", mask: true", "MASK_NAME": ", mask: name"}
PERIOD = ("--period", "2026-10")


def calls():
    """Rows of two sites; some are broken: no agent, a field too few, one that is there twice."""
    rows = ["site,call,at,tel,name,ok,wait"]
    for number in range(1, 41):
        site = ("east", "west")[number % 2]
        name, phone = NAMES[number % 3 if number % 5 else 3], PHONES[number // 2 % 4]
        moment = f"2026-10-{number % 28 + 1:02} 09:00"
        rows.append(f"{site},{number},{moment},{phone},{name},{'true' if number % 3 else 'false'},{number % 11}")
    rows += [
        rows[1],
        rows[2].replace(",false", ",true").replace(",true", ",perhaps"),
        f"east,41,2026-10-03 09:00,{PHONES[0]}",
        f"east,42,2026-10-03 09:00,{PHONES[0]},,true,1",
        f"east,43,never,{PHONES[1]},{NAMES[3]},true,1",
    ]
    return "\n".join(rows) + "\n"


def written(masks):
    standard = STANDARD
    for word in MASKS:
        standard = standard.replace(f" {word}", masks.get(word, ""))
    return {
        "sqaudit.yaml": "project: desk\n",
        "standards/calls/standard.yaml": standard,
        "standards/calls/checklists/desk.yaml": CHECKLIST,
        "audits/monthly/programme.yaml": PROGRAMME,
        "audits/monthly/calls.csv": calls(),
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory, project_on_disk):
    """The same audit with and without masks, run."""

    def run(name, masks):
        made = project_on_disk(tmp_path_factory.mktemp(name))
        for file, content in written(masks).items():
            made.write(file, content)
        done = made.run("run", "monthly", *PERIOD)
        assert done.code in {0, 3}, done.text
        assert not any(secret in done.text for secret in SECRETS) or not masks
        for format_ in ("html", "json", "csv"):
            target = str(made.folder / f"report.{format_}")
            assert made.run("report", "monthly", *PERIOD, "--format", format_, "--output", target).code in {0, 3}
        return made

    return {"masked": run("masked", MASKS), "open": run("open", {})}


def results(made):
    return json.loads(made.run("results", "list", "--format", "json").out)


def test_nothing_of_it_lies_in_the_store_the_rejects_the_reports_or_any_other_file(made):
    sources = {"audits/monthly/calls.csv"}
    for name, content in made["masked"].files().items():
        found = [secret for secret in SECRETS if secret.encode() in content]
        assert not found or name in sources, (name, found)
    # The same search finds it where nothing is masked.
    open_store = b"".join(content for name, content in made["open"].files().items() if name.startswith("sqaudit.db"))
    assert all(secret.encode() in open_store for secret in (*NAMES, *PHONES[:3]))


def test_no_list_and_no_rows_tell_it(made):
    outs = [made["masked"].run("results", "list", "--format", format_) for format_ in ("table", "json", "csv")]
    outs += [made["masked"].run(word, "list", "--format", "json") for word in ("findings", "actions")]
    seen = 0
    for row in [row for row in results(made["masked"]) if row["site"] == "east" and row["item"] != "waited"][::2]:
        rows = made["masked"].run("results", "records", row["id"], "--format", "json")
        seen += len(json.loads(rows.out)) if rows.code == 0 else 0
        outs.append(rows)
    assert seen > 50
    assert not any(secret in done.text for done in outs for secret in SECRETS)


def test_numbers_are_those_of_the_values_themselves(made):
    def site_level(row):
        told = ("site", "item", "value", "n", "missing", "invalid", "score", "status", "low", "high")
        return tuple(row[name] for name in told)

    both = [
        sorted((site_level(row) for row in results(made[name]) if not row["group"]), key=repr)
        for name in ("masked", "open")
    ]
    assert both[0] == both[1]
    scores = [made[name].run("scores", "--format", "json") for name in ("masked", "open")]
    assert json.loads(scores[0].out)
    assert scores[0].out == scores[1].out
    (callers,) = {row["value"] for row in results(made["masked"]) if row["item"] == "callers-of-all"}
    assert callers == len(PHONES)


def test_values_that_are_masked_alike_are_one_group_of_all_their_rows(made):
    groups = {name: {} for name in made}
    for name, project in made.items():
        for row in results(project):
            if row["item"] in {"resolved", "callers"} and row["group"]:
                (called,) = json.loads(row["group"])
                groups[name][row["site"], row["item"], called] = row
    masked, real = groups["masked"], groups["open"]
    assert {key[2] for key in masked} == {"张*", "欧阳*", "A*"}
    for site in ("east", "west"):
        parts = [real[site, "resolved", one] for one in NAMES[:2] if (site, "resolved", one) in real]
        assert masked[site, "resolved", "张*"]["n"] == sum(part["n"] for part in parts)
        # Callers of both agents are counted once.
        wanted = set()
        for line in calls().splitlines()[1:41]:
            place, _, _, phone, name, *_ = line.split(",")
            if place == site and name in NAMES[:2]:
                wanted.add(phone)
        assert masked[site, "callers", "张*"]["value"] == len(wanted)


def test_the_rows_of_a_masked_group_are_those_that_it_was_made_of(made):
    (row,) = [
        row
        for row in results(made["masked"])
        if row["item"] == "resolved" and row["site"] == "west" and row["group"] == '["张*"]'
    ]
    shown = json.loads(made["masked"].run("results", "records", row["id"], "--format", "json").out)
    against = [line.split(",") for line in calls().splitlines()[1:41]]
    wanted = {int(one[1]) for one in against if one[0] == "west" and one[4] in NAMES[:2] and one[5] == "false"}
    assert {int(one["call"]) for one in shown} == wanted
    assert {one["agent"] for one in shown} == {"张*"}
    assert {one["caller"] for one in shown} <= {"138****8000", "139****5678", "137****1111", HIDDEN}


def test_rejects_say_what_is_wrong_and_hide_whole_records(made):
    (path,) = (made["masked"].folder / "rejects").rglob("calls.csv")
    lines = path.read_text("utf-8-sig").splitlines()
    kinds = {tuple(line.split(",")[2:5]) for line in lines[1:]}
    assert {("", "too_few_fields", "***"), ("", "duplicate", "*** | 1"), ("at", "unreadable", "never")} <= kinds
    assert ("code", "unreadable", "") in kinds  # what it is made of is a masked column


def test_parquet_is_masked_where_it_lies(project, tmp_path):
    files = written(MASKS)
    name, programme = "audits/monthly/programme.yaml", files.pop("audits/monthly/programme.yaml")
    sound = "\n".join(calls().splitlines()[:41]).replace(",false,3", ",,many")
    (tmp_path / "calls.csv").write_text(sound, encoding="utf-8")
    made = project(
        {**files, name: programme.replace("calls.csv", "calls.parquet").replace("    key: [tel, call]\n", "")}
    )
    made.remove("audits/monthly/calls.csv")
    duckdb.sql(
        f"COPY (FROM read_csv('{tmp_path}/calls.csv', all_varchar = true)) TO"
        f" '{made.folder}/audits/monthly/calls.parquet' (COMPRESSION uncompressed)"
    )
    done = made.run("run", "monthly", *PERIOD)
    assert done.code in {0, 3}, done.text
    rows = [row for row in results(made) if row["item"] == "resolved"]
    assert {row["group"] for row in rows} == {None, '["张*"]', '["欧阳*"]', '["A*"]'}
    for site in ("east", "west"):
        whole = [row["n"] for row in rows if row["site"] == site and row["group"] is None]
        assert whole == [sum(row["n"] for row in rows if row["site"] == site and row["group"])]
    assert (made.folder / "rejects" / "monthly" / "2026-10" / "calls.csv").is_file()
    for file, content in made.files().items():
        found = [secret for secret in SECRETS if secret.encode() in content]
        assert not found or file == "audits/monthly/calls.parquet", (file, found)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("c.agent AS who", "upper(c.agent) || '!' AS who", None),
        ("c.agent AS who", "c.agent AS who, c.agent AS what", None),
        ("c.n AS calls", "length(c.agent) AS calls", None),
        ("c.n AS calls", "CAST(c.agent AS INTEGER) AS calls", "'calls' would tell what masked columns hold: agent"),
        ("c.n AS calls", "CASE WHEN c.agent = 'x' THEN 1 ELSE 0 END AS calls", None),
        ("SELECT c.site_of AS site", "SELECT c.agent AS site", "'site' would tell what masked columns hold: agent"),
        (
            "    site: site\n    time: at\n",
            "    site: site\n    columns: {calls: 'length(who)'}\n    time: at\n",
            "calls",
        ),
    ],
)
def test_a_query_takes_a_masked_column_only_into_a_masked_one(project, old, new, told):
    files = written(MASKS)
    head, _, query = files["audits/monthly/programme.yaml"].partition("    query:")
    assert old in query
    made = project({**files, "audits/monthly/programme.yaml": f"{head}    query:{query.replace(old, new)}"})
    done = made.run("check")
    if told is None:
        assert "SQA238" not in done.text
    else:
        assert "SQA238" in done.text
        assert told in done.text


def test_a_query_whose_result_has_no_mask_is_refused(project):
    files = written(MASKS)
    name = "standards/calls/standard.yaml"
    made = project({**files, name: files[name].replace("who: {type: text, mask: name}", "who: text")})
    done = made.run("check")
    assert done.code == 2
    assert "'who' would tell what masked columns hold: agent" in done.text


@given(st.text(min_size=1))
def test_of_a_cell_that_is_no_known_number_nothing_is_left(text):
    masked = mask_cell(text, Masking.TEXTS)
    assert masked == HIDDEN or "*" in masked
    assert text not in masked or text in HIDDEN


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["{}", " {}", "+86 {}", "86-{}"]))
def test_a_mobile_number_keeps_its_prefix_and_its_end(number, form):
    assert mask_cell(form.format(number), Masking.TEXTS) == f"{number[:3]}****{number[-4:]}"
    assert mask_cell(f"call {number}", Masking.TEXTS) == HIDDEN
