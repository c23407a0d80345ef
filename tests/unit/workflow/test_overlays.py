"""What several overlays say together, and where what they say can be read."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

from sqaudit.errors import Place
from sqaudit.model.overlay import Contradiction, Layer, Overlay, apply_overlays, join
from sqaudit.model.standard import Criterion, Dimension, Scoring, Standard
from sqaudit.model.texts import plain
from sqaudit.workflow.explain.origins import _opened

CRITERIA = {name: Criterion(id=name, dimension="d", title=plain(name)) for name in ("A", "B")}
STANDARD = Standard(
    id="base",
    version="1",
    title=plain("base"),
    scoring=Scoring(),
    ratings=(),
    dimensions={"d": Dimension(id="d", title=plain("d"))},
    datasets={},
    criteria=CRITERIA,
)


def layer(name, changes=None, **added):
    return Layer(standard=f"{name}@1", changes=changes or {}, added=added)


def overlay(*layers):
    return Overlay(id=layers[-1].standard[:-2], version="1", title=plain(""), when="true", layers=layers)


REGION = layer("region", {"A": {"weight": Decimal(2)}, "B": {"weight": Decimal(5)}})


def test_changes_of_different_keys_join_and_the_closer_layer_wins():
    site = layer("site", {"A": {"weight": Decimal(3)}})
    other = layer("other", {"A": {"origin": "law"}})
    for overlays in ([overlay(REGION), overlay(REGION, site), overlay(other)], [overlay(other), overlay(REGION, site)]):
        made = apply_overlays(STANDARD, overlays)
        assert (made.criteria["A"].weight, made.criteria["A"].origin, made.criteria["B"].weight) == (3, "law", 5)
    assert apply_overlays(STANDARD, []) is STANDARD


def test_layers_that_agree_do_not_contradict_each_other():
    again = layer("again", {"A": {"weight": Decimal("2.0")}})
    assert join([overlay(REGION), overlay(again)]).contradictions == ()
    differing = layer("again", {"A": {"weight": Decimal(4)}})
    told = Contradiction(criterion="A", key="weight", first="again@1", second="region@1")
    assert join([overlay(REGION), overlay(differing)]).contradictions == (told,)
    assert join([overlay(differing), overlay(REGION)]).contradictions == (told,)


def test_a_closer_layer_may_remove_what_the_one_above_it_changes():
    assert list(apply_overlays(STANDARD, [overlay(REGION, layer("site", {"A": None}))]).criteria) == ["B"]
    removed = join([overlay(REGION), overlay(layer("site", {"A": None}))])
    assert [(one.criterion, one.key) for one in removed.contradictions] == [("A", "")]


def test_what_a_layer_adds_a_closer_one_may_change_or_take_out():
    new = Criterion(id="N", dimension="d", title=plain("N"))
    region = layer("region", N=new)
    assert apply_overlays(STANDARD, [overlay(region)]).criteria["N"] == new
    changed = overlay(region, layer("site", {"N": {"weight": Decimal(9)}}))
    assert apply_overlays(STANDARD, [overlay(region), changed]).criteria["N"].weight == 9
    assert "N" not in apply_overlays(STANDARD, [overlay(region, layer("site", {"N": None}))]).criteria


def test_two_overlays_may_add_the_same_criterion_only_alike():
    new, other = (Criterion(id="N", dimension="d", title=plain("N"), weight=Decimal(weight)) for weight in (1, 2))
    assert join([overlay(layer("one", N=new)), overlay(layer("two", N=new))]).contradictions == ()
    found = join([overlay(layer("one", N=new)), overlay(layer("two", N=other))]).contradictions
    assert {one.criterion for one in found} == {"N"}


def test_a_file_of_a_pack_is_told_where_it_was_installed(tmp_path):
    host = SimpleNamespace(packs=lambda: {"hotel": SimpleNamespace(standards=tmp_path)})
    told = _opened(SimpleNamespace(host=host), Place("pack:hotel/basics/standard.yaml", 4, 1))
    assert told == {
        "place": f"{tmp_path / 'basics/standard.yaml'}:4",
        "file": str(tmp_path / "basics/standard.yaml"),
        "line": 4,
    }
