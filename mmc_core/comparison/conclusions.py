"""What a comparison says, in sentences made of its numbers."""

from __future__ import annotations

from html import escape

from mmc_core import datasets
from mmc_core.comparison import single_features, transfer_sentences
from mmc_core.comparison.words import points, title, within
from mmc_core.language import N_, _
from mmc_core.saved.comparison import HALVES, MEASURES, ComparisonData
from mmc_core.wording import decimals, listed, percent

# What is said of a half of the plane, within a sentence.
AGAINST = {
    "arousal": N_("for arousal ({share} against {other})"),
    "valence": N_("for valence ({share} against {other})"),
}
WAYS = {
    "higher": N_("higher {cases}"),
    "lower": N_("lower {cases}"),
    "not clearly different": N_("not clearly different {cases}"),
}


def answer(comparison: ComparisonData) -> list[str]:
    """Which dataset is easiest and by how much, because of which features, and what that does not
    mean: a conclusion, and a paragraph on each.
    """
    if not comparison.is_worked_out:
        return [single_features.from_summaries(comparison)]
    return [
        _which(comparison),
        _accuracies(comparison),
        _because(comparison),
        _but(comparison),
    ]


def reason(comparison: ComparisonData) -> str:
    """Return in short why the easiest dataset leads, and what that does not mean; nothing where
    none is clearly the easiest.
    """
    easiest, second = comparison.easiest_first[:2]
    if comparison.lead(easiest, second).low <= 0:
        return ""
    group = _widest_group(comparison, easiest, second)
    shares = comparison.by_group
    compared = [
        _(
            "with {kind} features alone ({share} against {other})",
            kind=within(group),
            share=percent(shares[easiest][group]),
            other=percent(shares[second][group]),
        )
    ]
    for name in HALVES:
        measures = comparison.separability
        if name in measures[easiest] and comparison.lead(easiest, second, name).low > 0:
            there, elsewhere = (measures[id_][name].value for id_ in (easiest, second))
            share, other = percent(there), percent(elsewhere)
            compared.append(_(AGAINST[name], share=share, other=other))
    leads = _(
        "{easiest} leads {second} {cases}.",
        easiest=title(easiest),
        second=title(second),
        cases=listed(compared),
    )
    return " ".join(
        filter(
            None,
            [
                leads,
                _unknown_artists(easiest),
                transfer_sentences.of_pair(comparison, easiest, second),
            ],
        )
    )


def _unknown_artists(id_: str) -> str:
    """Return what may make a dataset seem easier than it is; nothing where its groups are known."""
    if datasets.load_dataset(id_).knows_artists:
        return ""
    return _(
        "Artists are not known in {dataset}, so one may be in both training and test, which can "
        "make it seem easier than it is.",
        dataset=title(id_),
    )


def equal_size(comparison: ComparisonData) -> str:
    """Return how many clips all datasets are cut to, and what follows for other pages."""
    return _(
        "All datasets are cut to {n} clips per mood here, so these accuracies differ from those of "
        "all clips on other pages.",
        n=comparison.n,
    )


def caveats(comparison: ComparisonData) -> list[str]:
    """What limits the comparison: each dataset, and the method."""
    sentences = [*comparison.missing.values()]
    if comparison.n is not None:
        sentences.append(
            _(
                "All datasets are cut to equal size: {n} clips per mood, one per group (artist, "
                "song or near-duplicates), drawn at random {draws} times. Accuracies are from "
                "{folds}-fold cross-validation, with all scaling fitted inside the folds. With "
                "more clips every dataset scores higher.",
                n=comparison.n,
                draws=comparison.draws,
                folds=comparison.folds,
            )
        )
    for id_ in comparison.datasets:
        dataset = datasets.load_dataset(id_)
        sentences.append(
            _(
                "{dataset}. Groups: {grouping} {extraction}",
                dataset=dataset.title,
                grouping=_(dataset.grouping),
                extraction=_(dataset.extraction),
            )
        )
    sentences.append(
        _(
            "Re-encoding: 200 clips of 4QAED were extracted again with other codecs, sampling "
            "rates, levels and cuts. A difference between datasets counts as larger than that "
            "where its whole 95 % interval is. Another version of librosa or other equipment may "
            "change features more."
        )
    )
    return sentences


def as_html(comparison: ComparisonData) -> str:
    """The answer and the measures behind it, for a notebook."""
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in answer(comparison))
    head = "".join(f"<th>{escape(title(id_))}</th>" for id_ in comparison.separability)
    rows = [
        (label, [by_name[name] for by_name in comparison.separability.values()])
        for name, label in MEASURES.items()
        if all(name in by_name for by_name in comparison.separability.values())
    ]
    body = "".join(
        f"<tr><th>{escape(_(label))}</th>"
        + "".join(f"<td>{m.value:.3f} ({m.low:.3f} to {m.high:.3f})</td>" for m in measures)
        + "</tr>"
        for label, measures in rows
    )
    table = f"<table><tr><th></th>{head}</tr>{body}</table>" if comparison.separability else ""
    return paragraphs + table


def _which(comparison: ComparisonData) -> str:
    easiest, second = comparison.easiest_first[:2]
    lead = comparison.lead(easiest, second)
    which = (
        N_(
            "No dataset is clearly the easiest: {model} is right on {share} of the held-out clips "
            "of {easiest} and on {other} in {second} (95 % interval of the difference: {low} to "
            "{high} percentage points)."
        )
        if lead.low <= 0
        else N_(
            "{easiest} is the easiest dataset: {model} is right on {share} of its held-out clips "
            "and on {other} in {second} (95 % interval of the difference: {low} to {high} "
            "percentage points)."
        )
    )
    digits = _digits(comparison)
    share, other = (
        percent(comparison.separability[id_]["accuracy"].value, digits) for id_ in (easiest, second)
    )
    first = _(
        which,
        easiest=title(easiest),
        second=title(second),
        model=within(str(comparison.model)),
        share=share,
        other=other,
        low=points(lead.low, digits),
        high=points(lead.high, digits),
    )
    others = (_follows(comparison, second, id_) for id_ in comparison.easiest_first[2:])
    return " ".join([first, *others])


def _follows(comparison: ComparisonData, second: str, id_: str) -> str:
    """Return how often a model is right on a further dataset, and whether that is clearly less."""
    one, other = (comparison.separability[each]["accuracy"] for each in (id_, second))
    named = {
        "dataset": title(id_),
        "second": title(second),
        "share": percent(one.value, _digits(comparison)),
    }
    if comparison.lead(second, id_).low > 0:
        return _("{dataset} follows with {share}.", **named)
    if one.high >= other.low:
        return _(
            "{dataset} has {share}, not clearly less than {second}: their intervals overlap.",
            **named,
        )
    return _("{dataset} has {share}, not clearly less than {second}.", **named)


def _accuracies(comparison: ComparisonData) -> str:
    accuracy = {id_: comparison.separability[id_]["accuracy"] for id_ in comparison.easiest_first}
    digits = _digits(comparison)
    each = listed(
        _(
            "{share} in {dataset} ({low} to {high})",
            share=percent(one.value, digits),
            dataset=title(id_),
            low=points(one.low, digits),
            high=percent(one.high, digits),
        )
        for id_, one in accuracy.items()
    )
    chance = accuracy[comparison.easiest_first[0]].chance or 0
    return _(
        "Accuracy, with 95 % intervals: {each}. Guessing: {chance}. All datasets are cut to equal "
        "size: {n} clips per mood, one per group.",
        each=each,
        chance=percent(chance),
        n=comparison.n,
    )


def _digits(comparison: ComparisonData) -> int:
    """Decimals of the accuracies in percent, so that the two first ones differ as printed where
    they do, and the interval of their difference does not seem to begin at nothing.
    """
    one, other = comparison.easiest_first[:2]
    shares = [100 * comparison.separability[id_]["accuracy"].value for id_ in (one, other)]
    return max(decimals(*shares), decimals(100 * comparison.lead(one, other).low, 0))


def _because(comparison: ComparisonData) -> str:
    easiest, second = comparison.easiest_first[:2]
    by_group = comparison.by_group
    group = _widest_group(comparison, easiest, second)
    sentences = [
        _halves(comparison, easiest, second),
        _(
            "With {kind} features alone, accuracy is {share} in {easiest} and {other} in {second}.",
            kind=within(group),
            share=percent(by_group[easiest][group]),
            easiest=title(easiest),
            other=percent(by_group[second][group]),
            second=title(second),
        ),
        single_features.gaps(comparison, easiest, second),
    ]
    if comparison.lead(easiest, second).low <= 0:
        sentences.append(single_features.gaps(comparison, second, easiest))
    return " ".join(filter(None, sentences))


def _widest_group(comparison: ComparisonData, one: str, other: str) -> str:
    """Return the kind of feature by which one dataset leads another most."""
    ours, theirs = comparison.by_group[one], comparison.by_group[other]
    return max(ours, key=lambda group: ours[group] - theirs[group])


def _halves(comparison: ComparisonData, one: str, other: str) -> str:
    """Where a dataset's arousal and valence are recognised more often than another's, or less: as
    far as the interval of the difference says so.
    """
    ways: dict[str, list[str]] = {way: [] for way in WAYS}
    for name in HALVES:
        if name not in comparison.separability[one]:
            continue
        shares = [comparison.separability[id_][name].value for id_ in (one, other)]
        lead = comparison.lead(one, other, name)
        is_clear = lead.low > 0 or lead.high < 0
        way = ("higher" if lead.low > 0 else "lower") if is_clear else "not clearly different"
        digits = decimals(*(100 * share for share in shares)) if is_clear else 0
        there, elsewhere = (percent(share, digits) for share in shares)
        ways[way].append(_(AGAINST[name], share=there, other=elsewhere))
    if not any(ways.values()):
        return ""
    said = [_(WAYS[way], cases=listed(some)) for way, some in ways.items() if some]
    return _(
        "Compared with {other}, accuracy in {dataset} is {ways}.",
        other=title(other),
        dataset=title(one),
        ways=listed(said, N_("but")),
    )


def _but(comparison: ComparisonData) -> str:
    easiest, second = comparison.easiest_first[:2]
    shifts = comparison.shifts(easiest, second)
    differ = _(
        "An easier dataset is not an easier version of the same task. {n} of {total} features "
        "differ between the two by more than re-encoding explains.",
        n=sum(shift.beyond for shift in shifts),
        total=len(shifts),
    )
    carried = " ".join(
        transfer_sentences.of_pair(comparison, *pair)
        for pair in ((easiest, second), (second, easiest))
    )
    limit = _(
        "The comparison cannot separate how a dataset chose its clips and labels from how its "
        "music sounds."
    )
    return f"{differ} {carried} {limit}"
