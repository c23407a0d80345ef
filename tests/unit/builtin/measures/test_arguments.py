"""Arguments of every measure: what is odd in them is told apart, none is ignored, misuse is refused at its place."""

from itertools import product

import pytest
from msgspec.structs import replace

from sqaudit.builtin.measures import MEASURES
from sqaudit.expressions.gate import ExpressionProblem
from sqaudit.model.ports import ArgumentKind

ODD_NUMBER, ODD_CONDITION, ODD_MOMENT = "CAST(odd AS DOUBLE)", "CAST(odd AS BOOLEAN)", "CAST(odd AS TIMESTAMPTZ)"
USUAL = {
    ArgumentKind.NUMBER: ("five", "seven", "ten", "number", "amount", "INTERVAL 5 HOUR", "INTERVAL 6 HOUR"),
    ArgumentKind.CONDITION: ("flag", "other", "number > 2"),
    ArgumentKind.MOMENT: ("start", "finish", "as_of"),
    ArgumentKind.CONSTANT: ("1", "0.5", "2"),
    ArgumentKind.WORD: ("'f1'", "'f5'", "'f2'", "'type_7'"),
    ArgumentKind.ANYTHING: ("odd", "flag"),
    ArgumentKind.STAR: ("*",),
}
ODD = {
    ArgumentKind.NUMBER: ODD_NUMBER,
    ArgumentKind.CONDITION: ODD_CONDITION,
    ArgumentKind.MOMENT: ODD_MOMENT,
}
# Asked of everybody: who gave no answer has not answered, who was absent has not passed.
NOTHING_IS_NO = {"response_rate", "training_pass"}
# These take only a bare column that declares its scale.
OF_A_SCALE = {"bottom_box(five, 2)", "ces(five)", "ces_top(five)", "csat_index(five)", "top_box(five, 2)"}
CALLS = [(measure.name, signature) for measure in MEASURES for signature in measure.signatures]


def written(name, arguments):
    return f"{name}({', '.join(arguments)})"


def usual_arguments(name, signature, compile_text):
    """Arguments that the measure takes in this form."""
    for arguments in product(*(USUAL[kind] for kind in signature)):
        if len(set(arguments)) == len(arguments) and compiles(written(name, arguments), compile_text):
            return list(arguments)
    raise AssertionError((name, signature))


def compiles(text, compile_text):
    try:
        return compile_text(text)
    except ExpressionProblem:
        return None


def in_place(arguments, index, other):
    return [*arguments[:index], other, *arguments[index + 1 :]]


@pytest.mark.parametrize(("name", "signature"), CALLS)
def test_no_argument_is_ignored(name, signature, compile_text):
    """Another argument asks for other statistics, or is another formula or unit; its identity is another."""
    arguments = usual_arguments(name, signature, compile_text)
    usual = compile_text(written(name, arguments))
    for index, kind in enumerate(signature):
        others = [
            measure
            for other in USUAL[kind]
            if other not in arguments
            and (measure := compiles(written(name, in_place(arguments, index, other)), compile_text))
        ]
        if not others:  # there is only one way: a star, the one method of quantiles, the one formula with a short limit
            assert kind in {ArgumentKind.STAR, ArgumentKind.WORD}, (name, index)
        for other in others:
            assert (other.statistics, other.formula, other.unit) != (usual.statistics, usual.formula, usual.unit)
            assert other.identity != usual.identity


GOOD = {
    "five": 3,
    "seven": 3,
    "ten": 3,
    "number": 3,
    "amount": 3,
    "flag": True,
    "other": True,
    "start": "2024-03-05 10:00+00",
    "finish": "2024-03-05 12:00+00",
}
ODD_TEXTS = {"zero": "0", "null": None, "nan": "nan", "infinity": "infinity", "empty": "", "unusable": "bad"}


def test_zero_null_nan_infinity_and_nothing_written_are_told_apart(table, compile_text):
    """In each argument of each measure: nothing is missing, what is no number is invalid, 0 is a value like others."""
    table.fill(
        [{**GOOD, "odd": table.bad if text == "bad" else text, "site": site} for site, text in ODD_TEXTS.items()]
    )
    asked = {}
    for name, signature in CALLS:
        arguments = usual_arguments(name, signature, compile_text)
        for index, kind in enumerate(signature):
            text = written(name, in_place(arguments, index, ODD.get(kind, "")))
            if kind in ODD and compiles(text, compile_text):
                asked[text] = (name, kind)
    assert {measure.name for measure in MEASURES} - {name for name, _ in asked.values()} == {
        *(text.partition("(")[0] for text in OF_A_SCALE),
        "distinct",
    }
    seen = table.observe(list(asked), tuple(ODD_TEXTS))
    for text, (name, kind) in asked.items():
        at = {site: seen[text, site] for site in ODD_TEXTS}
        counts = {site: (one.n, one.missing, one.invalid) for site, one in at.items()}
        assert not any(one.failed for one in at.values()), (text, at["nan"].reason)
        assert counts["unusable"] == (0, 0, 1), (text, counts)
        assert counts["empty"] == counts["null"], (text, counts)
        assert counts["null"][2] == 0, (text, counts)
        if kind is ArgumentKind.NUMBER:
            assert counts["nan"] == counts["infinity"] == (0, 0, 1), (text, counts)
            assert counts["zero"][1] == 0, (text, counts)
        elif kind is ArgumentKind.MOMENT:
            assert counts["nan"] == counts["null"], (text, counts)
            assert counts["infinity"] == (0, 0, 1), (text, counts)
        else:
            assert counts["nan"] == counts["infinity"] == counts["null"], (text, counts)
            assert counts["zero"][1:] == (0, 0), (text, counts)
        if name not in NOTHING_IS_NO and kind is not ArgumentKind.MOMENT:
            assert counts["null"][0] == 0, (text, counts)


@pytest.mark.parametrize("text", sorted(OF_A_SCALE))
def test_cells_of_a_scale_are_told_apart(text, table):
    table.fill([{"five": 1}, {"five": 5}, {"five": None}, {"five": table.bad}, {"five": table.bad}])
    seen = table.seen(text)
    assert (seen.n, seen.missing, seen.invalid) == (2, 1, 2)


def test_different_values_are_told_apart(table):
    """Nothing written is a text like others; nothing there is none."""
    table.fill([{"odd": text} for text in ("0", "0.0", "", "nan", "NaN", None, "nan", table.bad)])
    seen = table.seen("distinct(odd)")
    assert (seen.n, seen.missing, seen.invalid, seen.statistics["distinct"]) == (6, 1, 1, 5)


@pytest.mark.parametrize("name", sorted(NOTHING_IS_NO))
def test_nothing_is_no_where_everybody_is_asked(name, table):
    table.fill([{"flag": True}, {"flag": None}, {"flag": False}, {"flag": table.bad}])
    seen = table.seen(f"{name}(flag)")
    assert (seen.n, seen.missing, seen.invalid) == (3, 0, 1)
    assert table.value(f"{name}(flag)").value == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("text", "pointed"),
    [
        ("share(number, finish - start)", "finish - start"),
        ("share(finish - start, number)", "number"),
        ("accuracy(number, finish - start)", "finish - start"),
        ("gap(finish - start, number)", "number"),
        ("rate(finish - start, number)", "finish - start"),
        ("rate(number, finish - start)", "finish - start"),
        ("rate(number, amount, 0)", "0"),
        ("rate(number, amount, 0.5)", "0.5"),
        ("complaint_rate(number, finish - start)", "finish - start"),
        ("handling_time(number, finish - start, amount)", "finish - start"),
        ("handling_time(number, amount, finish - start)", "finish - start"),
        ("nps(five)", "five"),
        ("nps(finish - start)", "finish - start"),
        ("csat_index(number)", "number"),
        ("csat_index(five + 0)", "five + 0"),
        ("ces(ten)", "ten"),
        ("ces(five + 0)", "five + 0"),
        ("ces_top(number)", "number"),
        ("top_box(number, 2)", "number"),
        ("top_box(five, 1.5)", "1.5"),
        ("top_box(five, 5)", "5"),
        ("bottom_box(number, 2)", "number"),
        ("bottom_box(five, 0)", "0"),
        ("repurchase(finish - start)", "finish - start"),
        ("quantile(number, 1.1)", "1.1"),
        ("quantile(number, 0.9, 'type_6')", "'type_6'"),
        ("first_response(day, finish, 0.9)", "day"),
        ("first_response(start, day, 0.9)", "day"),
        ("resolution(start, finish, 90)", "90"),
        ("within_24h(day, finish)", "day"),
        ("within_24h(start, day)", "day"),
        ("reply_rate(start, finish, 24)", "24"),
        ("reply_rate(day, finish, INTERVAL 4 HOUR)", "day"),
        ("service_level(number, flag, finish - start)", "finish - start"),
        ("service_level(finish - start, flag, 20)", "20"),
        ("service_level(number, flag, 20, 'f6')", "'f6'"),
        ("service_level(number, flag, 20, 'F4')", "'F4'"),
        ("service_level(number, flag, 20, 'f5')", "'f5'"),
        ("service_level(number, flag, 20, 'f4', 5)", "5"),
        ("service_level(number, flag, 20, 'f5', finish - start)", "finish - start"),
        ("service_level_counts(number, amount, five, seven, 'x')", "'x'"),
        ("service_level_counts(number, amount, finish - start, seven)", "finish - start"),
        ("first_contact_resolution(finish - start, finish)", "finish - start"),
        ("first_contact_resolution(number, finish, 7)", "7"),
    ],
)
def test_misuse_is_refused_at_its_argument(text, pointed, compile_text):
    with pytest.raises(ExpressionProblem) as caught:
        compile_text(text)
    problem = caught.value
    assert problem.code == "SQA312"
    assert text[problem.start : problem.end] == pointed
    assert problem.hint is not None


@pytest.mark.parametrize(
    ("text", "pointed"),
    [
        ("churn(number, finish)", "number"),
        ("retention(start, flag)", "flag"),
        ("return_rate(flag, number)", "number"),
        ("response_rate(number)", "number"),
        ("resolution_rate(flag, start)", "start"),
        ("within_24h(start, number)", "number"),
        ("service_level(number, five, 20)", "five"),
        ("service_level(number, flag, 20, odd)", "odd"),
        ("service_level(number, flag, 20, 4)", "4"),
        ("quantile(number, 0.9, 7)", "7"),
        ("gap(number, odd)", "odd"),
        ("ces(odd)", "odd"),
    ],
)
def test_another_kind_is_refused_at_its_argument(text, pointed, compile_text):
    with pytest.raises(ExpressionProblem) as caught:
        compile_text(text)
    assert caught.value.code == "SQA306"
    assert text[caught.value.start : caught.value.end] == pointed


def test_a_text_beside_a_word_is_no_number(compile_text):
    with pytest.raises(ExpressionProblem, match="a word in quotes"):
        compile_text("service_level(number, flag, 20, flag)")


def test_an_instrument_is_known_by_its_scale(compile_text):
    assert compile_text("ces(seven)").formula == "ces-2.0/1"
    assert compile_text("ces(five)").formula == "ces-1.0/1"
    assert compile_text("ces_top(seven)").formula == "ces_top-2.0/1"
    assert compile_text("ces_top(five)").formula == "ces_top-1.0/1"


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("service_level(number, flag, 20)", "service_level-f4/1"),
        ("service_level(number, flag, 20, 'f1')", "service_level-f1/1"),
        ("service_level_counts(number, amount, five, seven, 'f2')", "service_level_counts-f2/1"),
        ("quantile(number, 0.5, 'type_7')", "quantile-7/1"),
        ("median(number)", "quantile-7/1"),
        ("resolution(start, finish, 0.5)", "resolution-7/1"),
    ],
)
def test_formulas_have_ids(text, formula, compile_text):
    assert compile_text(text).formula == formula


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_measure_shows_how_it_is_written(measure):
    text = measure.__doc__ or ""
    assert f"``measure: {measure.name}(" in text or measure.formula == "quantile-7/1"
    assert text.strip()


def test_spelling_changes_no_identity(compile_text):
    for one, other in [
        ("share(five >= 4)", "( SHARE(((FIVE))>=4 ) )"),
        ("sum(number) / count(*)", "(SUM( Number ))/(COUNT(*))"),
        ("avg(number) FILTER (WHERE flag)", "AVG((number)) filter (where (FLAG))"),
        ("rate(number, amount, 1000)", "Rate(number,amount,1000.0)"),
        ("sum(finish - start) / INTERVAL 1 HOUR", "SUM(finish-start)/interval 1 hour"),
        ("CASE WHEN count(*) > 5 THEN avg(number) END", "case when COUNT(*)>5 then AVG(number) end"),
    ]:
        assert compile_text(one).identity == compile_text(other).identity, other


def test_no_two_measures_share_an_identity(compile_text):
    texts = [
        "share(five >= 4)",
        "share(five >= 5)",
        "share(ten >= 4)",
        "accuracy(five >= 4)",
        "sum(number) / count(*)",
        "sum(number) * count(*)",
        "count(*) / sum(number)",
        "sum(number) / count(*) + 1",
        "sum(number) / count(*) - 1",
        "round(sum(number) / count(*), 1)",
        "round(sum(number) / count(*), 2)",
        "sum(number) - (sum(amount) - sum(five))",
        "sum(number) - sum(amount) - sum(five)",
        "coalesce(sum(number), 0)",
        "coalesce(sum(number), 1)",
        "CASE WHEN count(*) > 5 THEN avg(number) END",
        "CASE WHEN count(*) > 6 THEN avg(number) END",
        "CASE WHEN count(*) > 5 THEN avg(number) ELSE 0 END",
        "sum(finish - start)",
        "sum(finish - start) / INTERVAL 1 HOUR",
        "sum(finish - start) / INTERVAL 1 MINUTE",
        "rate(number, amount)",
        "rate(number, amount, 10)",
        "csat_index(five)",
        "csat_index(seven)",
        "quantile(number, 0.5)",
        "quantile(number, 0.75)",
        "share(odd = 'A')",
        "share(odd = 'a')",
        "service_level_counts(number, amount, five, seven, 'f1')",
        "service_level_counts(number, amount, five, seven, 'f5')",
    ]
    assert len({compile_text(text).identity for text in texts}) == len(texts)


def test_another_scale_is_another_measure():
    """The same text over a column with another scale is another specification, even where the SQL is the same."""
    from decimal import Decimal

    from sqaudit.measures.language import compile_measure
    from sqaudit.model.standard import Column, ColumnType, Dataset

    column = Column(name="csat", type=ColumnType.INTEGER, minimum=Decimal(1), maximum=Decimal(5))
    by_name = {measure.name: measure for measure in MEASURES}
    one, other = (
        compile_measure("csat_index(csat)", Dataset(id="rows", columns={"csat": on}), by_name)
        for on in (column, replace(column, maximum=Decimal(10)))
    )
    assert one.statistics == other.statistics
    assert one.identity != other.identity
