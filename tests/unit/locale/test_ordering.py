"""Names are found where their readers look for them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.locale.ordering import reading_order


@pytest.mark.parametrize(
    ("language", "names"),
    [
        # By sound: běi, chóng (not zhòng), guǎng, háng (not xíng, the bank), shàng, xī'ān before xiān.
        ("zh", ["2号楼", "12号楼", "北京", "重庆", "广州", "行业", "上海", "西安", "先锋", "Anna"]),
        # By tone where the sound is one: mā má mǎ mà, then the neutral one.
        ("zh", ["妈", "麻", "马", "骂", "吗"]),
        ("en", ["Ångström", "anna", "Anna 2", "Anna 10", "Zoë", "北京"]),
        ("de", ["Äpfel", "Apfelsaft", "Zürich"]),
    ],
)
def test_names_stand_in_the_order_of_their_readers(language, names):
    for seed in range(3):
        mixed = random.Random(seed).sample(names, len(names))
        assert sorted(mixed, key=lambda name: reading_order(name, language)) == names


@given(st.lists(st.text(max_size=12), max_size=8), st.sampled_from(["en", "zh", "fr"]))
def test_any_texts_can_be_sorted_and_different_ones_never_share_a_place(texts, language):
    keys = {text: reading_order(text, language) for text in texts}
    assert len(set(keys.values())) == len(keys)
    backwards = texts[::-1]
    assert sorted(texts, key=keys.get) == sorted(backwards, key=keys.get)


def test_a_word_of_ten_thousand_digits_has_its_place():
    assert reading_order("9" * 9999, "zh") < reading_order("1" + "0" * 9999, "zh")
