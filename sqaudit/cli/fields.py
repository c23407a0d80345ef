"""The fields of every list, as programs get them, and the few of them that a person is shown."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Fields(Struct, frozen=True):
    """``all`` go to JSON and CSV, ``shown`` to the terminal."""

    all: Sequence[str]
    shown: Sequence[str]


def _names(line: str) -> Sequence[str]:
    return line.split()


_RESULT = (
    "id programme period revision site standard version dimension criterion item status severity value unit n "
    "missing invalid low high interval formula target score weight coverage conceded stale small_base census "
    "checklist subject group facet auditor reason"
)
RESULTS = Fields(
    all=_names(_RESULT),
    shown=_names("id period site criterion item status value target n score reason"),
)
PART_RESULTS = Fields(
    all=RESULTS.all,
    shown=_names("id period site subject group criterion item status value target n score reason"),
)
AUDITOR_RESULTS = Fields(
    all=RESULTS.all,
    shown=_names("id period site subject auditor criterion item status value target n score reason"),
)
POOLED_RESULTS = Fields(
    all=_names(f"{_RESULT} level place sites sites_missing"),
    shown=_names("programme period place criterion item status value target n sites sites_missing reason"),
)
SCORES = Fields(
    all=_names(
        "programme period revision site level id subject score raw_score coverage rating items critical_failed reason"
    ),
    shown=_names("programme period level id site subject score coverage rating items critical_failed reason"),
)
COMPARISONS = Fields(
    all=_names(
        "programme period_before revision_before period_after revision_after level place kind id criterion unit "
        "value_before n_before value_after n_after difference difference_unit relative difference_low difference_high "
        "interval ratio ratio_low ratio_high test p p_adjusted direction verdict changed reason"
    ),
    shown=_names(
        "place kind id value_before n_before value_after n_after difference relative difference_low difference_high "
        "p p_adjusted verdict reason changed"
    ),
)
TRENDS = Fields(
    all=_names(
        "programme level place item period value unit n centre low high chart stretch baseline provisional signals "
        "signal year_before year_difference difference_unit direction reason"
    ),
    shown=_names("period value n low centre high sketch signal year_before year_difference reason"),
)
RANKS = Fields(
    all=_names(
        "programme period revision item site value unit n low high rank best_rank worst_rank ranked overall funnel_low "
        "funnel_high funnel good alike direction reason"
    ),
    shown=_names("site value n low high rank funnel_low funnel_high funnel reason"),
)
RESCORED = Fields(
    all=_names(
        "programme period revision standard version_before version_after level site id criterion status_before "
        "status_after score_before score_after coverage_before coverage_after rating_before rating_after changed reason"
    ),
    shown=_names(
        "level site id status_before status_after score_before score_after coverage_before coverage_after "
        "rating_before rating_after reason changed"
    ),
)
FINDINGS = Fields(
    all=_names(
        "id programme period revision site criterion items severity repeat_of repeats systemic statement status "
        "conceded action first_seen last_seen times_seen raised_by reply_due replied_by reply_reason"
    ),
    shown=_names("id period site criterion severity repeats status conceded times_seen action statement"),
)
ONE_FINDING = Fields(
    all=_names(f"{' '.join(FINDINGS.all)} seen follow_ups origin standard"),
    shown=FINDINGS.shown,
)
ACTIONS = Fields(
    all=_names(
        "id programme finding criterion site severity path owner state due due_for overdue stale verdict opened closed "
        "parent reopenings extensions risk risk_level rpn"
    ),
    shown=_names("id site criterion severity owner state due_for due overdue verdict"),
)
ACTIONS_BY_RISK = Fields(
    all=ACTIONS.all, shown=_names("id site criterion severity risk risk_level rpn owner state due_for due overdue")
)
ONE_ACTION = Fields(
    all=_names(f"{' '.join(ACTIONS.all)} findings children allowed said deadlines history remedies"),
    shown=ACTIONS.shown,
)
CONCESSIONS = Fields(
    all=_names(
        "id programme criterion site state first_day last_day days_left lets_off owner approver reason revoked_by "
        "revoked_because"
    ),
    shown=_names("id criterion site state first_day last_day days_left lets_off owner approver reason"),
)
DEADLINES = Fields(all=(), shown=_names("step due set_at ended_at missed"))
HISTORY = Fields(all=(), shown=_names("number when who login move state why"))
NOTICES = Fields(
    all=_names("at rung tell action site criterion step due owner"),
    shown=_names("at rung tell action site criterion step due"),
)
CYCLES = Fields(
    all=_names("programme period pilot follow_up state revision recorded_at"),
    shown=_names("programme period pilot follow_up state revision recorded_at"),
)
REVISIONS = Fields(
    all=_names("programme period state revision recorded_at fingerprint changes"),
    shown=_names("revision recorded_at fingerprint changes"),
)
DOUBTS = Fields(
    all=_names("programme period revision kind site checklist subject person statement"),
    shown=_names("kind site checklist subject person statement"),
)
CHANGES = Fields(
    all=_names("document path before after"),
    shown=_names("document path before after"),
)
PLANNED_SOURCES = Fields(
    all=_names("dataset files bytes problem"),
    shown=_names("dataset files bytes problem"),
)
PASSES = Fields(
    all=_names("dataset number kind level items groups engine from before columns"),
    shown=_names("dataset number kind level items groups engine from before columns"),
)
ORIGINS = Fields(
    all=_names("programme key written standard file line wins"),
    shown=_names("key wins standard place written"),
)
SAMPLES = Fields(
    all=_names(
        "id programme period checklist frame frame_size frame_hash drawn excluded method size total precision expected "
        "confidence neyman aql inspection_level strata seed drawn_at drawn_by"
    ),
    shown=_names("id programme period checklist drawn frame_size excluded strata drawn_at drawn_by"),
)
UNITS = Fields(
    all=_names(
        "sample programme period checklist number site subject stratum units drawn deviation acceptance_number "
        "rejection_number inspection"
    ),
    shown=_names("number site subject stratum"),
)
LOTS = Fields(
    all=_names("site units drawn acceptance_number rejection_number inspection"),
    shown=_names("site units drawn acceptance_number rejection_number inspection"),
)
SPREADS = Fields(
    all=_names("site stratum units drawn deviation"),
    shown=_names("site stratum units drawn deviation"),
)
EXCLUSIONS = Fields(
    all=_names("site subject reason"),
    shown=_names("site subject reason"),
)
ROUNDS = Fields(
    all=_names("id programme period checklist state units rated_by opened_at opened_by closed_at closed_by"),
    shown=_names("id programme period checklist state units rated_by opened_at closed_at"),
)
# The two tables that people are shown of a round are in ``reports.calibration``.
ROUND_REPORT = Fields(
    all=_names(
        "round programme period checklist state level item title auditor is_reference rated asked complete kind raters "
        "against units decisions agreement agreement_low agreement_high coefficient value low high reason prevalence "
        "bad misses miss_rate good false_alarms false_alarm_rate repeated repeat_agreement verdict"
    ),
    shown=(),
)
ANSWERS = Fields(
    all=_names(
        "programme period site checklist item subject auditor version answer not_applicable note evidence given_by "
        "given_at chosen dispute"
    ),
    shown=_names("period site subject item auditor version answer not_applicable given_by given_at chosen dispute"),
)
DISPUTES = Fields(
    all=_names(
        "id programme period site checklist item subject state given_by opened_by opened_at reason proposed decided_by "
        "decided_at decision_reason decided revision_before status_before value_before score_before revision_after "
        "status_after value_after score_after"
    ),
    shown=_names("id period site subject item state opened_by proposed decided_by decided score_before score_after"),
)
EVENTS = Fields(
    all=_names(
        "number when kind programme period about who login host database_user before after why previous_hash "
        "payload_hash hash erased_by"
    ),
    shown=_names("number when kind about who"),
)
SCHEDULES = Fields(
    all=_names("programme period state due_from due_until done_at"),
    shown=_names("programme period state due_from due_until done_at"),
)
OCCURRENCES = Fields(
    all=_names("programme day period due_from due_until note"),
    shown=_names("day period due_from due_until note"),
)
PLUGINS = Fields(
    all=_names("name distribution version state offers reason"),
    shown=_names("name distribution version state offers reason"),
)
PLUGIN_CHECKS = Fields(
    all=_names("plugin version check outcome where what hint"),
    shown=_names("check outcome what"),
)
PROBLEMS = Fields(
    all=_names("file line column code message hint gravity"),
    shown=(),
)
