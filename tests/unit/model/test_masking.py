"""What tells who somebody is is masked, and what only looks like it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.errors import msg
from sqaudit.locale import open_language
from sqaudit.model.masking import (
    is_card_number,
    is_identity_number,
    mask_message,
    mask_name,
    mask_personal,
    mask_within,
)


def test_mobile_numbers_and_addresses_are_masked_and_order_numbers_survive():
    """The worked example PII-03 of the domain's vectors."""
    expected = {
        "电话13800138000请回电": "电话138****8000请回电",
        "手机 138-0013-8000": "手机 138****8000",
        "１３８００１３８０００": "138****8000",
        "订单号 20250613800138000": "订单号 20250613800138000",
        "+86 13912345678": "139****5678",
        "zhang.san@example.com": "z***@example.com",
        "投诉编号12800138000": "投诉编号12800138000",
    }
    assert {text: mask_personal(text) for text in expected} == expected


def test_identity_and_card_numbers_are_masked_only_if_their_check_digit_holds():
    assert is_identity_number("11010519491231002X")
    assert is_identity_number("440524188001010014")
    assert not is_identity_number("110105194912310021")
    assert [is_card_number(f"7992739871{digit}") for digit in range(10)] == [digit == 3 for digit in range(10)]
    assert mask_personal("证件 11010519491231002X。") == "证件 110*************2X。"
    assert mask_personal("证件 110105194912310021") == "证件 110105194912310021"
    assert mask_personal("card 4111 1111 1111 1111") == "card ************1111"
    assert mask_personal("card 4111 1111 1111 1112") == "card 4111 1111 1111 1112"
    assert mask_personal("全角，原样") == "全角，原样"


@pytest.mark.parametrize(
    "text",
    [
        "customer-service@1.0",
        "postgresql+psycopg://audits@db.example.org/audits",
        "0f13912345678a0b1c2d3e4f5061728394a5b6c7",
        "id 2026-10-03T09:12:40+00:00",
    ],
)
def test_what_only_looks_personal_stays(text):
    assert mask_personal(text) == text


@pytest.mark.parametrize("text", ["邮箱:zhang.san@example.com", "mail <zhang@mail.example.com.cn>, please"])
def test_addresses_in_sentences_are_masked(text):
    assert "zhang" not in mask_personal(text)
    assert "z***@" in mask_personal(text)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张*"),
        ("欧阳娜娜", "欧阳*"),
        ("欧阳", "欧*"),
        (" Anna Li ", "A*"),
        ("Ｌｉ", "L*"),
        ("", ""),
    ],
)
def test_of_a_name_the_surname_is_left(name, masked):
    assert mask_name(name) == masked


PERSONAL = st.sampled_from(["13800138000", "138-0013-8000", "+86 13912345678", "11010519491231002X", "li@example.com"])


@given(st.text("电话: ,。\n", max_size=5), PERSONAL, st.text("电话: ,。\n", max_size=5))
def test_masking_leaves_nothing_wherever_it_stands_and_twice_is_once(before, personal, after):
    masked = mask_personal(f"{before}{personal}{after}")
    assert personal not in masked
    assert mask_personal(masked) == masked


def test_messages_are_masked_within_and_lead_where_they_led():
    told = msg(
        "{text} {id} {more} {count}", text="13800138000", id="r-13800138000", more=msg("{x}", x="a@b.cn"), count=3
    )
    assert str(mask_message(told)) == "138****8000 r-13800138000 a***@b.cn 3"
    assert open_language("zh").text(told) == "138****8000 r-13800138000 a***@b.cn 3"
    whole = msg("{text}", text="fine")
    assert mask_message(whole) is whole


def test_json_is_masked_within():
    content = {"13800138000": ["13800138000", 13800138000, None, {"a": "13800138000"}]}
    assert mask_within(content) == {"13800138000": ["138****8000", 13800138000, None, {"a": "138****8000"}]}
