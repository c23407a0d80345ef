"""Chinese reviews of an online shop, by category: every figure against DuckDB over the file itself."""

import duckdb
import pytest

PROJECT = {
    "sqaudit.yaml": "project: shopping\nlanguage: zh\ntimezone: Asia/Shanghai\n",
    "standards/shopping/standard.yaml": """
kind: standard
id: shopping
version: "1.0.0"
extends: ecommerce@1
datasets:
  texts:
    columns:
      cat: text
      label: {type: integer, min: 0, max: 1, optional: true}
      review: {type: text, optional: true}
""",
    "standards/shopping/checklists/texts.yaml": """
kind: checklist
id: texts
standard: shopping@1
dataset: texts
items:
  - {criterion: few-low-reviews, id: negative, measure: share(label = 0)}
  - {id: about-parcels, title: {en: Speak of the parcel, zh: 提到物流}, measure: "share(regexp_matches(review, '快递|物流|发货|送货'))"}
  - {id: cross-about-parcels, measure: share(label = 0), where: "regexp_matches(review, '快递|物流|发货|送货')"}
  - {id: written, measure: count(review IS NOT NULL)}
  - {id: first-of-the-file, measure: "count(contains(review, '做父母一定要有刘墉这样的心态'))"}
  - {id: letters-of-it, measure: max(length(review)), where: "contains(review, '做父母一定要有刘墉这样的心态')"}
""",
    "audits/categories/programme.yaml": """
kind: programme
id: categories
standard: shopping@1
checklists: [texts]
sites: {dataset: texts, id: cat}
period: month
sources: {texts: {path: data/reviews.csv.gz, site: cat}}
""",
}
ABOUT_PARCELS = "regexp_matches(review, '快递|物流|发货|送货')"


def test_negative_reviews_by_category(data, project):
    folder = data("chn_online_shopping")
    project.write(PROJECT)
    (project.folder / "audits/categories/data").symlink_to(folder)
    project.run("run", "categories", "--period", "2026-10")
    found = {**project.results("--programme", "categories"), **project.results("--level", "programme")}
    rows = (
        duckdb.connect()
        .execute(f"""
        SELECT cat, count(label), avg((label = 0)::INT), avg(({ABOUT_PARCELS})::INT),
          avg((label = 0)::INT) FILTER (WHERE {ABOUT_PARCELS}), count(review)
        FROM read_csv('{folder / "reviews.csv.gz"}', parallel = false) GROUP BY ROLLUP (cat)""")
        .fetchall()
    )
    assert len(rows) == 6, "five categories and all of them"
    for cat, n, negative, about, cross, texts in rows:
        place = cat or "categories"
        assert found[place, "negative"]["n"] == n, place
        assert found[place, "negative"]["value"] == pytest.approx(negative, abs=1e-12), place
        assert found[place, "about-parcels"]["value"] == pytest.approx(about, abs=1e-12), place
        assert found[place, "cross-about-parcels"]["value"] == pytest.approx(cross, abs=1e-12), place
        assert found[place, "written"]["value"] == texts, place
    assert [found[cat, "negative"]["status"] for cat, *_ in rows if cat] == ["fail"] * 5
    # A mark of the byte order stands inside the file, before the first review: it is taken off like a blank.
    ((first,),) = duckdb.connect().execute(f"SELECT review FROM '{folder / 'reviews.csv.gz'}' LIMIT 1").fetchall()
    assert first.startswith("\ufeff做父母")
    assert found["书籍", "first-of-the-file"]["value"] == 1
    assert found["书籍", "letters-of-it"]["value"] == len(first) - 1
    assert "差评率" in project.run("report", "categories", "--period", "2026-10", "--format", "markdown", lang="zh")
