"""Worked examples of the domain's arithmetic, each sent to the function that its topic is about.

The examples are a YAML file: ``vectors``, a list of ``{id, topic, input, expected, tolerance}``;
``$SQAUDIT_TEST_VECTORS`` names a file of your own. ``tolerance`` has a number per key of ``expected`` (or a tolerance
for what lies below it), and ``abs`` for all others; without one, numbers must be equal. ``null`` means that there is no
value. A topic that nothing here answers is skipped by its name; an input that nothing looks at fails.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from os import environ
from pathlib import Path
from statistics import mean, stdev
from zoneinfo import ZoneInfo

import pytest
import yaml
from msgspec.structs import replace

from sqaudit.builtin.scorers.points import DeductScorer
from sqaudit.calendars.business import due, open_seconds, openings
from sqaudit.calendars.recurrence import occurrences
from sqaudit.follow_up.deadlines import due_at
from sqaudit.follow_up.matching import SeenIn, follow_sightings
from sqaudit.model.action import ActionState
from sqaudit.model.calendar import Calendar, HolidayRegion, Hours
from sqaudit.model.checklist import Item
from sqaudit.model.finding import Known, Sighting
from sqaudit.model.follow_up import Allowance, FollowUp
from sqaudit.model.masking import is_card_number, is_identity_number, mask_personal
from sqaudit.model.programme import Site
from sqaudit.model.risk import read_risk
from sqaudit.model.schedule import Schedule
from sqaudit.model.score import ItemResult, Level, Score, Status, Value, shown_score
from sqaudit.model.spread import Average, EventRate, Promotion, Proportion
from sqaudit.model.standard import (
    Criterion,
    CriticalPolicy,
    Dimension,
    NotApplicable,
    Rating,
    Rollup,
    Scoring,
    Severity,
    Standard,
)
from sqaudit.model.texts import Text
from sqaudit.model.trend import Rule
from sqaudit.sampling.allocation import neyman, proportional
from sqaudit.sampling.drawing import systematic_places
from sqaudit.sampling.sizes import of_population, size_for_proportion, whole_size
from sqaudit.sampling.switching import inspections
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.contributions import audit_contributions, earned_points
from sqaudit.scoring.items import score_by_policy
from sqaudit.scoring.lifting import score_programme
from sqaudit.scoring.rating import RatingScale, rate_audit, rate_by_score
from sqaudit.statistics.agreement import cohen_kappa, fleiss_kappa, weighted_kappa
from sqaudit.statistics.appraisal import Appraisal
from sqaudit.statistics.bases import what_may_be_shown
from sqaudit.statistics.comparison import Mean, nps_difference, welch
from sqaudit.statistics.consistency import coefficient_of_variation, corrected_variation
from sqaudit.statistics.contacts import first_contact
from sqaudit.statistics.contrasts import Sampled, contrast
from sqaudit.statistics.control_limits import (
    RANGE_IN_SIGMAS,
    dispersion_of,
    expected_of_individuals,
    expected_of_proportions,
    expected_of_rates,
    moving_average,
    moving_average_sigma,
)
from sqaudit.statistics.design import design_effect, effective_size, finite_population
from sqaudit.statistics.intervals import (
    adjusted_nps,
    adjusted_wald_nps,
    clopper_pearson,
    garwood,
    newcombe,
    promotion_variance,
    wald_nps,
    wilson,
)
from sqaudit.statistics.intraclass import intraclass_correlation, mean_squares, variance_components
from sqaudit.statistics.krippendorff import krippendorff_alpha
from sqaudit.statistics.percentiles import TYPE_6, TYPE_7, percentile
from sqaudit.statistics.ratios import mean_share, net_promoter_score, pooled_share, rate, share
from sqaudit.statistics.run_rules import find_runs, find_signals
from sqaudit.statistics.scales import bottom_boxes, mean_answer, top_boxes
from sqaudit.statistics.spreads import interval_of

BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[3] / "shared" / "domain" / "VECTORS.yaml"
VECTORS = Path(environ.get("SQAUDIT_TEST_VECTORS", BESIDE_THE_REPOSITORY))


# Answers, by topic


def nps(given):
    if "before" in given:
        assert given["order"] == "promoters,passives,detractors"
        before, after = (Promotion(promoters=p, detractors=d, n=p + q + d) for p, q, d in map(exact, both(given)))
        difference = nps_difference(before, after)
        return {
            "before": net_promoter_score(before.promoters, before.detractors, before.n),
            "after": net_promoter_score(after.promoters, after.detractors, after.n),
            "z": difference and difference.z,
            "p_two_sided": difference and difference.p,
        }
    promoters, detractors = given["promoters"], given["detractors"]
    n = promoters + given["passives"] + detractors
    score, confidence = net_promoter_score(promoters, detractors, n), given.get("confidence", 0.95)
    methods = {"wald": wald_nps, "adjusted_wald": adjusted_wald_nps}
    method = methods[given.get("method", "adjusted_wald")]
    if score is None:
        return dict.fromkeys(("nps", "variance", "se", "lower", "upper", "margin_of_error"))
    variance = promotion_variance(promoters, detractors, n)
    ends = {name: of(promoters, detractors, n, confidence) for name, of in {**methods, "": method}.items()}
    return {
        "nps": score,
        "nps_adjusted": adjusted_nps(promoters, detractors, n),
        "variance": variance,
        "se": 100 * (variance / n) ** 0.5,
        "lower": ends[""][0],
        "upper": ends[""][1],
        "margin_of_error": (ends[""][1] - ends[""][0]) / 2,
        "wald_lower": ends["wald"][0],
        "wald_upper": ends["wald"][1],
        "adjusted_lower": ends["adjusted_wald"][0],
        "adjusted_upper": ends["adjusted_wald"][1],
    }


def csat(given):
    counts = given["counts_1_to_5"]
    top = top_boxes(counts, given["top_boxes"])
    low, high = ends_of(Proportion(successes=Fraction(top[0]), n=Fraction(top[1])))
    return {
        "top2box_pct": percent(share(*top)),
        "mean": mean_answer(counts),
        "wilson_lower_pct": percent(low),
        "wilson_upper_pct": percent(high),
    }


def ces(given):
    agreement, effort = given["ces7_counts_1_to_7"], given["ces5_counts_1_to_5"]
    return {
        "ces7_mean": mean_answer(agreement),
        "ces7_top3_pct": percent(share(*top_boxes(agreement, 3))),
        "ces5_mean": mean_answer(effort),
        "ces5_low_effort_pct": percent(share(*bottom_boxes(effort, 2))),
    }


def loyalty(given):
    given["new_in_period"]  # new customers are in neither part of the share
    active, stayed = given["active_at_start"], given["of_those_still_active_at_end"]
    return {
        "churn_pct": percent(share(active - stayed, active)),
        "retention_pct": percent(share(stayed, active)),
        "repurchase_pct": percent(share(given["buyers_with_two_or_more_orders"], given["buyers_in_window"])),
    }


def percentiles(given):
    methods = {"linear": TYPE_7, "weibull": TYPE_6, TYPE_6: TYPE_6, TYPE_7: TYPE_7}
    return percentile(given["values"], given["p"], methods[given.get("method", TYPE_7)])


def fcr(given):
    assert given.get("fields", "customer, issue, day") == "customer, issue, day"
    resolved, cases = first_contact([tuple(contact) for contact in given["contacts"]], given["repeat_window_days"])
    return {"resolved_first_contact": resolved, "cases": cases, "fcr_pct": percent(share(resolved, cases))}


def complaint_rate(given):
    confidence = given.get("confidence", 0.95)
    if "counts" in given:
        return [garwood(count, 1, confidence=confidence) for count in given["counts"]]
    complaints, orders, per = given["complaints"], given["orders"], given["per"]
    spread = EventRate(events=Fraction(complaints), exposure=Fraction(orders), per=per)
    low, high = ends_of(spread, confidence=confidence)
    return {"rate": rate(complaints, orders, per), "lower": low, "upper": high}


def proportion(given):
    part, whole = given["numerator"], given["denominator"]
    low, high = ends_of(Proportion(successes=Fraction(part), n=Fraction(whole)))
    return {"rate": share(part, whole), "lower": low, "upper": high}


def wilsons(given):
    confidence = given.get("confidence", 0.95)
    if "a" in given:
        return newcombe(*given["a"], *given["b"], confidence)
    successes, n = given["successes"], given["n"]
    if "population" not in given:
        return wilson(successes, n, confidence)
    spread = Proportion(successes=Fraction(successes), n=Fraction(n))
    return ends_of(spread, finite_population(n, given["population"]) / n, confidence)


def t_intervals(given):
    centre, deviation = Fraction(str(given["mean"])), Fraction(str(given["sd"]))
    spread = Average(mean=centre, variance=deviation**2, n=Fraction(given["n"]))
    return ends_of(spread, confidence=given.get("confidence", 0.95))


def welch_t(given):
    """The examples take the second sample from the first."""
    found = welch(mean_of(given["b"]), mean_of(given["a"]))
    return {"t": found.t, "df": found.degrees, "p": found.p}


def mean_of(values):
    return Mean(mean=mean(values), variance=stdev(values) ** 2 / len(values), degrees=len(values) - 1)


def poisson_rate_ratio(given):
    """The examples give the later rate first."""
    counts = zip(given["count"], given["exposure"], strict=True)
    after, before = (EventRate(events=events, exposure=Fraction(str(exposure))) for events, exposure in counts)
    found = contrast(Sampled(spread=before), Sampled(spread=after))
    return {"ratio": found.ratio, "p_exact_conditional": found.p}


def effective_sample(given):
    if "weights" in given:
        return [effective_size(sum(weights), sum(w * w for w in weights)) for weights in given["weights"]]
    effect = design_effect(given["average_cluster"], given["icc"])
    return {"deff": effect, "n_eff": given["n"] / effect}


def small_sample(given):
    limits = {name: given[name] for name in ("suppress_below", "low_base_below") if name in given}
    return [what_may_be_shown(n, about_persons=True, **limits) for n in given["n"]]


def consistency(given):
    scores = given["site_scores"]
    return {
        "mean": mean(scores),
        "sd": stdev(scores),
        "cv_pct": percent(coefficient_of_variation(scores)),
        "cv_small_sample_pct": percent(corrected_variation(scores)),
        "range": max(scores) - min(scores),
    }


def aggregation(given):
    if "strata" in given:
        strata = given["strata"]
        sites = sorted({site for stratum in strata.values() for site in stratum})
        groups = {site: [tuple(stratum[site]) for stratum in strata.values() if site in stratum] for site in sites}
        return {
            **{name: {site: percent(share(*counts)) for site, counts in of.items()} for name, of in strata.items()},
            "pooled": {site: percent(pooled_share(counts)) for site, counts in groups.items()},
            "equal_strata_mean": {site: percent(mean_share(counts)) for site, counts in groups.items()},
        }
    known = given["sites_score_volume"]
    scores = {site: scored(points, level=Level.AUDIT, identity=site) for site, points, _ in known}
    by_volume = [Site(id=site, title=Text({"en": site}), weight=Decimal(volume)) for site, _, volume in known]
    equal = [replace(site, weight=Decimal(1)) for site in by_volume]
    missing = sum(score.score is None for score in scores.values())
    return {
        "equal": score_programme("all", equal, scores).score,
        "volume": score_programme("all", by_volume, scores).score,
        "sites_counted": len(scores) - missing,
        "sites_missing": missing,
    }


def grade(given):
    assert (given["precision"], given["rounding"]) == ("0.01", "half_up")
    scale = scale_of(given["bands"], Scoring())
    rated = [rate_by_score(scale, scored(points)) for points in given["scores"]]
    return [{"shown": str(shown_score(score.score)), "grade": score.rating} for score in rated]


def auto_fail(given):
    """Bands are not part of these examples: below 60 is their 'fail'."""
    return {policy: failed_critically(given, *policy.split(":")) for policy in given["policies"]}


def failed_critically(given, policy, cap=None):
    policies = {"grade_only": CriticalPolicy.RATING_ONLY}
    scoring = Scoring(critical=policies.get(policy) or CriticalPolicy(policy), cap=cap and Decimal(cap))
    scale = scale_of({"pass": 60, "fail": 0}, scoring)
    criteria = [
        Criterion(id=criterion, dimension="all", title=TITLE, severity=Severity.CRITICAL)
        for criterion in given["critical_failed"]
    ]
    standard = standard_of([Dimension(id="all", title=TITLE)], criteria, scoring)
    results = [result_of(criterion, Status.FAIL, Decimal(str(given["raw_score"]))) for criterion in criteria]
    rated = rate_audit(scale, score_audit(standard, "site", results).audit, results)
    return {"score": rated.score, "raw": rated.raw_score, "grade": rated.rating}


def xccdf(given):
    """A group is a dimension, a rule a criterion, a result of a rule an item."""
    models = (Rollup.XCCDF_DEFAULT, Rollup.XCCDF_FLAT, Rollup.XCCDF_FLAT_UNWEIGHTED, Rollup.XCCDF_ABSOLUTE)
    made = {model: checked(given["tree"], model) for model in models}
    default, flat, unweighted, absolute = (made[model] for model in models)
    return {
        "default": default[0],
        "flat": flat[1],
        "flat_unweighted": unweighted[1],
        "absolute": absolute[0] / 100,
    }


def checked(tree, model):
    """The score of an XCCDF benchmark, and its weighted points: earned, possible."""
    outcomes = {
        "pass": Status.PASS,
        "fail": Status.FAIL,
        "notapplicable": Status.NOT_APPLICABLE,
        "notchecked": Status.UNANSWERED,
    }
    groups = {f"g{number}": group for number, group in enumerate(tree["children"])}
    rules = {
        f"{name}-r{number}": (name, rule)
        for name, group in groups.items()
        for number, rule in enumerate(group["children"])
    }
    standard = standard_of(
        [Dimension(id=name, title=TITLE, weight=Decimal(str(group["weight"]))) for name, group in groups.items()],
        [
            Criterion(id=identity, dimension=name, title=TITLE, weight=Decimal(str(rule["weight"])))
            for identity, (name, rule) in rules.items()
        ],
        Scoring(rollup=model),
    )
    results = [
        result_of(standard.criteria[identity], outcomes[outcome], number=number)
        for identity, (_, rule) in rules.items()
        for number, outcome in enumerate(rule["results"])
    ]
    scores = score_audit(standard, "site", results)
    return scores.audit.score, earned_points(audit_contributions(standard, scores))


def checklist(given):
    """A weight that has no score is not applicable to the policies, and not answered to the coverage.

    These examples count what is not applicable among the weight to be covered; here it leaves the weights.
    """
    known = given["items_weight_score"]
    made = {
        policy.value: checked_off(known, Status.NOT_APPLICABLE, Scoring(not_applicable=policy)).score
        for policy in NotApplicable
    }
    return {**made, "coverage_pct": percent(checked_off(known, Status.UNANSWERED, Scoring()).coverage)}


def checked_off(known, unscored, scoring):
    item = Item(id="item", title=TITLE, dataset="", measure="")
    criteria = [
        Criterion(id=f"c{number}", dimension="all", title=TITLE, weight=Decimal(weight))
        for number, (weight, _) in enumerate(known)
    ]
    results = [
        result_of(criterion, unscored, score_by_policy(item, scoring, unscored))
        if points is None
        else result_of(criterion, Status.PASS, 100 * Decimal(str(points)))
        for criterion, (_, points) in zip(criteria, known, strict=True)
    ]
    return score_audit(standard_of([Dimension(id="all", title=TITLE)], criteria, scoring), "site", results).audit


def deduction(given):
    limits = {name: Decimal(given[name]) for name in ("base", "floor")}
    hits = given["hits"]
    uncapped = {code: {**hit, "cap": None} for code, hit in hits.items()}
    many = {code: {**hit, "times": 60} for code, hit in hits.items()}
    made = {"score": hits, "score_if_uncapped": uncapped, "score_of_60_hits": many}
    return {name: deducted(of, Scoring(rollup=Rollup.DEDUCTION, **limits)) for name, of in made.items()}


def deducted(hits, scoring):
    criteria = [Criterion(id=code, dimension="all", title=TITLE) for code in hits]
    points = {
        code: {"deduct": hit["points"], **({} if hit["cap"] is None else {"cap": hit["cap"]})}
        for code, hit in hits.items()
    }
    results = [
        result_of(one, Status.FAIL, DeductScorer().score(hits[one.id]["times"], None, points[one.id]))
        for one in criteria
    ]
    return score_audit(standard_of([Dimension(id="all", title=TITLE)], criteria, scoring), "site", results).audit.score


def sla_clock(given):
    always = calendar_of([(0, 1440)])
    zone = ZoneInfo(given["tz"])
    return [
        due(opened(always, given["tz"], moment), moment, 3600 * given["hours"]).astimezone(zone).isoformat()
        for moment in map(moment_of, given["created"])
    ]


def business_hours(given):
    zone = given.get("tz", "UTC")
    start, end = (moment_of(given[name], zone) for name in ("start", "end"))
    calendar = calendar_of(
        [[minutes_of(end) for end in hours] for hours in given["open"]],
        given["days"],
        closed=frozenset(date.fromisoformat(str(day)) for day in given["holidays"]),
    )
    return {"hours": open_seconds(opened(calendar, zone, start, end), start, end) / 3600}


def schedule_days(given):
    start = datetime.strptime(given["dtstart"], "%Y%m%dT%H%M%S")  # noqa: DTZ007 local, in the zone given
    schedule = Schedule(rrule=given["rrule"], window=timedelta(days=1), start=start.date(), at=start.time())
    found = occurrences(schedule, given["tzid"], start.date(), start.date() + timedelta(days=3660))
    return [occurrence.on.isoformat() for occurrence in found[: given["take"]]]


def capa_due(given):
    calendar = calendar_of([(540, 1080)], "Mon-Fri", holidays=HolidayRegion(country=given["calendar"]))
    opened_at = datetime.combine(date.fromisoformat(str(given["opened"])), time(10), tzinfo=ZoneInfo("Asia/Shanghai"))
    until = due_at(opened_at, Allowance(working_days=given["working_days"]), calendar, "Asia/Shanghai")
    last_moment = until.astimezone(ZoneInfo("Asia/Shanghai")) - timedelta.resolution
    return {"due": last_moment.date().isoformat()}


def risk_priority(given):
    assert given["order"] == "severity, occurrence, detection"
    initial, revised = (read_risk(",".join(map(str, given[when]))).rpn for when in ("initial", "revised"))
    # Of ordinal numbers no share is shown; the example has one.
    return {"initial": initial, "revised": revised, "reduction_pct": 100 * Fraction(initial - revised, initial)}


def repeat_finding(given):
    """Each of the examples' findings was treated on its own day."""
    rules = FollowUp(repeat_within=timedelta(days=given["window_days"]), systemic_sites=1000, systemic_share=Decimal(1))
    known, repeats = [], []
    for site, criterion, written, _ in given["findings"]:
        day = date.fromisoformat(str(written))
        moment = datetime.combine(day, time(), tzinfo=UTC)
        seen = SeenIn(programme="m", period=str(written), start=moment, first_day=day, sites=9, judged_at=moment)
        sighting = Sighting(site=site, criterion=criterion, items=("i",), severity=Severity.MINOR)
        (raised,) = follow_sightings([sighting], known, seen, rules).raised
        repeats.append(raised.repeat_of is not None)
        known.append(Known(finding=raised, state=ActionState.CLOSED, fixed_on=day, closed_at=moment))
    return repeats


def cohen_kappas(given):
    if "table" not in given:
        return {name: cohen_kappa(given[name]).coefficient for name in ("a", "b") if name in given}
    table = given["table"]
    kappa = cohen_kappa(table)
    answer = {"po": kappa.agreement, "kappa": kappa.coefficient}
    answer["pe"] = 1 - (1 - kappa.agreement) / (1 - kappa.coefficient)
    if "disagreement_weights" in given:
        answer["weighted_kappa"] = weighted_kappa(table, given["disagreement_weights"]).coefficient
    return answer


def krippendorffs(given):
    ratings = list(zip(*given["raters_by_units"], strict=True))
    nominal = krippendorff_alpha(ratings)
    scales = {scale: krippendorff_alpha(ratings, scale).coefficient for scale in ("ordinal", "interval", "ratio")}
    undefined = {"library": "undefined"} if nominal.reason else {}
    return {"alpha": nominal.coefficient, "nominal": nominal.coefficient, **scales, **undefined}


def icc(given):
    forms = [f"ICC({kind},{of})" for kind in "123" for of in "1k"]
    return {form: intraclass_correlation(given["targets_by_judges"], form).value for form in forms}


def components(given):
    if "targets_by_judges" in given:
        parts = mean_squares(given["targets_by_judges"])
        return {"BMS": parts.between, "WMS": parts.within, "JMS": parts.judges, "EMS": parts.error}
    found = variance_components(Fraction(str(given["BMS"])), Fraction(str(given["WMS"])), given["k"])
    return {"between": found.between, "within": found.within, "between_share_pct": percent(found.between_share)}


def appraisals(given):
    """Of a cross table, rows are the auditor's calls and columns the reference's; bad comes first."""
    if "crosstabs_0_1" in given:
        return {name: cohen_kappa(table).coefficient for name, table in given["crosstabs_0_1"].items()}
    found = {}
    for name, ((both_bad, alarms), (misses, both_good)) in given["vs_reference"].items():
        bad, good = both_bad + misses, alarms + both_good
        found[name.removesuffix("*ref")] = Appraisal(bad=bad, misses=misses, good=good, false_alarms=alarms)
    matched = {name: (count, *clopper_pearson(count, 50)) for name, count in given["matched_of_50"].items()}
    return {
        "effectiveness_pct": {name: [2 * count, *map(percent, ends)] for name, (count, *ends) in matched.items()},
        "miss_pct": {name: percent(one.miss_rate) for name, one in found.items()},
        "false_alarm_pct": {name: percent(one.false_alarm_rate) for name, one in found.items()},
    }


def sample_sizes(given):
    if "strata" not in given:
        z = given.get("z") or given["chi2"] ** 0.5
        size = size_for_proportion(given["margin"], z, given["p"])
        if "N" not in given:
            return {"n0": size, "n": whole_size(size)}
        rounded = {"nearest": round, "up": whole_size}[given.get("rounding", "up")]
        return [rounded(of_population(size, population)) for population in given["N"]]
    strata = given["strata"]
    if all(isinstance(size, int) for size in strata.values()):
        return proportional(given["n"], strata)
    return neyman(given["n"], {name: (stratum["N"], stratum["sd"]) for name, stratum in strata.items()})


def systematic(given):
    places = systematic_places(given["N"], given["n"], Fraction(str(given["start"])))
    return {"interval": Fraction(given["N"], given["n"]), "indices_0_based": places}


def pii(given):
    if "ids" in given:
        return [is_identity_number(one) for one in given["ids"]]
    if "numbers" in given:
        return [is_card_number(one) for one in given["numbers"]]
    return [mask_personal(one) for one in given["texts"]]


def single_values(given):
    expected = expected_of_individuals(given["values"])
    limits, moving = expected.limits(), expected.sigma * RANGE_IN_SIGMAS
    return {"mean": limits.centre, "mr_bar": moving, "ucl": limits.high, "lcl": limits.low}


def counts_chart(given):
    return charted([EventRate(events=count, exposure=1) for count in given["counts"]], expected_of_rates)


def units_chart(given):
    counts = [EventRate(events=count, exposure=given["units"]) for count in given["nonconformities"]]
    return charted(counts, expected_of_rates)


def shares_chart(given):
    cases = given.get("nonconforming_n") or [(count, given["n"]) for count in given["nonconforming"]]
    counts = [Proportion(successes=successes, n=n) for successes, n in cases]
    expected = expected_of_proportions(counts)
    deviations = [expected.deviation(one.successes / one.n, one.n) for one in counts]
    by_size = {f"ucl_n{one.n}": expected.limits(one.n).high for one in counts}
    return {**charted(counts, expected_of_proportions), **by_size, "sigma_z": dispersion_of(deviations)}


def charted(counts, expect):
    """Centre, limits of the last point, and from 1 the points beyond their own."""
    expected = expect(counts)
    bases = [one.exposure if isinstance(one, EventRate) else one.n for one in counts]
    values = [
        (one.events if isinstance(one, EventRate) else one.successes) / n for one, n in zip(counts, bases, strict=True)
    ]
    deviations = [expected.deviation(value, base) for value, base in zip(values, bases, strict=True)]
    limits = expected.limits(bases[-1])
    return {
        "center": limits.centre,
        "ucl": limits.high,
        "lcl": limits.low,
        "signals": [one.at + 1 for one in find_signals(deviations, [Rule.NELSON_1])],
    }


def ewma(given):
    target, weight = given["target"], given["lambda"]
    margin = given["k"] * moving_average_sigma(given["sigma"], weight)
    return {
        "ewma": moving_average(given["values"], weight, target),
        "ucl": target + margin,
        "lcl": target - margin,
    }


def nelson(given):
    """Only the first rule's example is among them."""
    assert (given["center"], given["sigma"]) == ("sample mean", "sample sd (n-1)")
    values = given["values"]
    centre, deviation = mean(values), stdev(values)
    return pattern([(value - centre) / deviation for value in values], Rule.NELSON_1)


def western_electric(given):
    deviations = [(one - given["center"]) / given["sigma"] for one in given["z_scores"]]
    return {
        "western_electric_rule4": pattern(deviations, Rule.WESTERN_ELECTRIC_4),
        "nelson_rule2": pattern(deviations, Rule.NELSON_2),
    }


def pattern(deviations, rule):
    return [[run.start + 1, run.length] for run in find_runs(deviations, rule)]


ANSWERS = {
    "acceptance_sampling": lambda given: [str(state) for state in inspections(given["lot_accepted"])],
    "aggregation": aggregation,
    "attribute_gauge_rr": appraisals,
    "auto_fail": auto_fail,
    "business_hours": business_hours,
    "c_chart": counts_chart,
    "capa_due": capa_due,
    "repeat_finding": repeat_finding,
    "risk": risk_priority,
    "ces": ces,
    "checklist": checklist,
    "cohen_kappa": cohen_kappas,
    "complaint_rate": complaint_rate,
    "consistency": consistency,
    "csat": csat,
    "deduction": deduction,
    "effective_sample": effective_sample,
    "ewma": ewma,
    "fcr": fcr,
    "fleiss_kappa": lambda given: {"kappa": fleiss_kappa(given["table"]).coefficient},
    "grade": grade,
    "icc": icc,
    "krippendorff": krippendorffs,
    "loyalty": loyalty,
    "nelson": nelson,
    "nps": nps,
    "p_chart": shares_chart,
    "percentile": percentiles,
    "pii": pii,
    "poisson_rate_ratio": poisson_rate_ratio,
    "rate": proportion,
    "sample_size": sample_sizes,
    "sampling": systematic,
    "sla_clock": sla_clock,
    "schedule": schedule_days,
    "small_sample": small_sample,
    "t_interval": t_intervals,
    "u_chart": units_chart,
    "variance_components": components,
    "weighted_kappa": cohen_kappas,
    "welch_t": welch_t,
    "western_electric": western_electric,
    "wilson": wilsons,
    "xccdf": xccdf,
    "xmr": single_values,
}


# What the answers are put together with


def both(given):
    return given["before"], given["after"]


def exact(numbers):
    return tuple(map(Fraction, numbers))


def percent(part):
    return None if part is None else 100 * part


def ends_of(spread, factor=Fraction(1), confidence=0.95):
    return (interval_of(spread, factor, confidence) or (None, None))[:2]


def scored(points, level=Level.AUDIT, identity="site"):
    score = None if points is None else Decimal(str(points))
    known = Decimal(points is not None)
    return Score(
        level=level,
        id=identity,
        site=identity,
        score=score,
        raw_score=score,
        coverage=known,
        weight=Decimal(1),
        items=1,
    )


TITLE = Text({"en": "title"})


def standard_of(dimensions, criteria, scoring):
    return Standard(
        id="standard",
        version="1",
        title=TITLE,
        scoring=scoring,
        ratings=(),
        dimensions={dimension.id: dimension for dimension in dimensions},
        datasets={},
        criteria={criterion.id: criterion for criterion in criteria},
    )


def result_of(criterion, status, score=None, number=0):
    return ItemResult(
        site="site",
        checklist="checklist",
        item=f"{criterion.id}-{number}",
        criterion=criterion.id,
        dimension=criterion.dimension,
        status=status,
        severity=criterion.severity,
        value=Value(value=None, unit="", formula=""),
        score=score,
    )


def scale_of(bands, scoring):
    ratings = tuple(Rating(rating=word, title=Text({"en": word}), start=Decimal(at)) for word, at in bands.items())
    return RatingScale(ratings=ratings, conditions=(None,) * len(ratings), scoring=scoring)


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def calendar_of(hours, days="Mon-Sun", **more):
    first, last = (DAYS.index(day) for day in days.split("-"))
    open_day = tuple(Hours(*ends) for ends in hours)
    week = tuple(open_day if first <= day <= last else () for day in range(len(DAYS)))
    return Calendar(id="calendar", title=Text({"en": "calendar"}), week=week, **more)


def minutes_of(clock):
    """YAML reads an unquoted 12:00 as a number of minutes."""
    if isinstance(clock, int):
        return clock
    hour, minute = clock.split(":")
    return 60 * int(hour) + int(minute)


def moment_of(text, zone="UTC"):
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def opened(calendar, zone, start, end=None):
    margin = timedelta(days=31)
    return openings(calendar, zone, (start - margin).date(), ((end or start) + margin).date())


# The comparison


class Given(dict):
    """An example's input that remembers what of it was looked at."""

    def __init__(self, given):
        super().__init__(given)
        self.ignored = set(given)

    def __getitem__(self, key):
        self.ignored.discard(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.ignored.discard(key)
        return super().get(key, default)


def differences(expected, answer, tolerance, place="answer"):
    """Where the answer is not as expected, in words; empty if it is."""
    if isinstance(expected, Mapping):
        if not isinstance(answer, Mapping) or not expected.keys() <= answer.keys():
            return [f"{place}: expected {sorted(expected)}, got {answer!r}"]
        return [
            difference
            for key, part in expected.items()
            for difference in differences(part, answer[key], narrowed(tolerance, key), f"{place}.{key}")
        ]
    if isinstance(expected, list):
        if not isinstance(answer, list | tuple) or len(expected) != len(answer):
            return [f"{place}: expected {expected}, got {answer!r}"]
        return [
            difference
            for number, (part, got) in enumerate(zip(expected, answer, strict=True), 1)
            for difference in differences(part, got, tolerance, f"{place}[{number}]")
        ]
    return [] if is_same(expected, answer, tolerance) else [f"{place}: expected {expected!r}, got {answer!r}"]


def is_same(expected, answer, tolerance):
    if is_number(expected) and is_number(answer):
        # Written so that NaN is never near anything.
        return abs(float(answer) - float(expected)) <= tolerance.get("abs", 0)
    if isinstance(expected, date):  # YAML reads an unquoted day as one
        expected = expected.isoformat()
    return type(expected) is type(answer) and expected == answer


def is_number(value):
    return isinstance(value, int | float | Fraction | Decimal) and not isinstance(value, bool)


def narrowed(tolerance, key):
    own = tolerance.get(key, tolerance)
    return own if isinstance(own, Mapping) else {"abs": own}


def read_vectors(path=VECTORS):
    return yaml.safe_load(path.read_text(encoding="utf-8"))["vectors"] if path.exists() else []


def unknown_topics(vectors):
    return sorted({vector["topic"] for vector in vectors} - ANSWERS.keys())


def answer_to(vector):
    given = Given(vector["input"])
    answer = ANSWERS[vector["topic"]](given)
    assert not given.ignored, f"nothing here looks at {sorted(given.ignored)}"
    return answer


needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason=f"the data set {VECTORS.name} is not here")


@needs_vectors
def test_there_are_examples():
    assert read_vectors()


@needs_vectors
def test_topics_that_nothing_answers_are_named():
    unknown = unknown_topics(read_vectors())
    if unknown:
        pytest.skip(f"data set {VECTORS.name}: nothing here answers {', '.join(unknown)}")


@needs_vectors
@pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["id"]) for vector in read_vectors()] or [None])
def test_the_example_comes_out_as_expected(vector):
    if vector["topic"] not in ANSWERS:
        pytest.skip(f"data set {VECTORS.name}: nothing here answers '{vector['topic']}'")
    found = differences(vector["expected"], answer_to(vector), vector.get("tolerance", {}))
    assert found == []


@pytest.mark.parametrize(
    ("expected", "answer", "tolerance", "same"),
    [
        (1.0, 1.0, {}, True),
        (1.0, 1.001, {"abs": 0.01}, True),
        (1.0, 1.02, {"abs": 0.01}, False),
        (1.0, float("nan"), {"abs": 10}, False),
        (None, None, {"abs": 0}, True),
        (None, 0, {"abs": 1}, False),
        (0, None, {"abs": 1}, False),
        (1, True, {}, False),
        ("ok", "ok", {}, True),
        ("ok", "low_base", {"abs": 1}, False),
        (0.5, Fraction(1, 2), {}, True),
        ([1, 2], (1, 2), {}, True),
        ([1, 2], (1,), {}, False),
        ({"a": 1}, {"a": 1, "b": 2}, {}, True),
        ({"a": 1, "b": 2}, {"a": 1}, {}, False),
        ({"a": 1, "b": 2}, {"a": 1.4, "b": 2}, {"a": 0.5, "abs": 0}, True),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2.4}, {"a": 0.5, "abs": 0}, False),
        ({"a": {"x": 1}}, {"a": {"x": 1.4}}, {"a": {"abs": 0.5}}, True),
        ({"a": {"x": 1}}, {"a": {"x": 1.4}}, {"abs": 0.1}, False),
    ],
)
def test_an_answer_is_compared_within_its_tolerance(expected, answer, tolerance, same):
    assert (differences(expected, answer, tolerance) == []) is same


def test_an_unknown_topic_is_named():
    assert unknown_topics([{"topic": "nps"}, {"topic": "tea_leaves"}]) == ["tea_leaves"]


def test_an_input_that_nothing_looks_at_does_not_pass():
    vector = {"topic": "wilson", "input": {"successes": 1, "n": 2, "method": "jeffreys"}}
    with pytest.raises(AssertionError, match="method"):
        answer_to(vector)
