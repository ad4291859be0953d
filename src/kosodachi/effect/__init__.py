"""Effect validation: did outreach help, among whom, and what cannot be said.

A study is written down as a target trial, made into a cohort, put through a diagnostics gate and only then estimated.
It compares children who were and were not offered support by staff; it is not a trial, and no number here is about one
child.
"""

from kosodachi.effect.bootstrap import Bootstrapped, cluster_bootstrap
from kosodachi.effect.cohort import Cohort, cohort
from kosodachi.effect.competing import cumulative_incidence
from kosodachi.effect.controls import control_estimates, null_of
from kosodachi.effect.density import Density, density_at_cut
from kosodachi.effect.described import baseline, course
from kosodachi.effect.discontinuity import Jump, bandwidths, jump, running_variable
from kosodachi.effect.doubt import doubts, link_chances, what_it_takes
from kosodachi.effect.draws import Pooled, imputed, imputed_outcome, over_draws, rubin
from kosodachi.effect.estimators import Estimate, aipw, g_formula, iptw, naive, stabilised_weights
from kosodachi.effect.few_events import (
    detectable_hazard_ratio,
    events_needed,
    exact_difference,
    firth_cox,
    firth_logistic,
)
from kosodachi.effect.gate import Bounds, Gate, gate, gated_estimates
from kosodachi.effect.groups import by_group, pseudo_outcomes
from kosodachi.effect.hazard import cox_model
from kosodachi.effect.interim import interim
from kosodachi.effect.link_error import over_links
from kosodachi.effect.lottery import Drawn, complier_effect, lottery
from kosodachi.effect.matching import Matched, matched, matched_balance
from kosodachi.effect.negative_controls import Null, calibrated, empirical_null
from kosodachi.effect.nuisance import design_matrix, propensity
from kosodachi.effect.placebo import placebo_cuts, placebo_dates, smallest_p
from kosodachi.effect.pooled import PooledEffect, pool
from kosodachi.effect.said import answer, covariate_words, doubt_answer, protocol, why
from kosodachi.effect.sensitivity import e_value, lee, manski, risk_ratio, tipping_share
from kosodachi.effect.small import small_sample
from kosodachi.effect.staggered import staggered
from kosodachi.effect.structural import g_estimation
from kosodachi.effect.study import (
    analysed,
    balance,
    beside_truth,
    covariates_of,
    cox,
    estimate,
    kaplan_meier,
    largest_differences,
    planted_truth,
)
from kosodachi.effect.surrogate import Index, surrogate_checks, surrogate_effect, surrogate_index
from kosodachi.effect.survival import coarsened, curves, log_rank, restricted_mean, restricted_mean_difference
from kosodachi.effect.target import checklist, items_met
from kosodachi.effect.trial import TargetTrial
from kosodachi.effect.wedge import Wedge, stepped_wedge
from kosodachi.effect.weighted_survival import restricted_mean_iptw

__all__ = [
    "Bootstrapped",
    "Bounds",
    "Cohort",
    "Density",
    "Drawn",
    "Estimate",
    "Gate",
    "Index",
    "Jump",
    "Matched",
    "Null",
    "Pooled",
    "PooledEffect",
    "TargetTrial",
    "Wedge",
    "aipw",
    "analysed",
    "answer",
    "balance",
    "bandwidths",
    "baseline",
    "beside_truth",
    "by_group",
    "calibrated",
    "checklist",
    "cluster_bootstrap",
    "coarsened",
    "cohort",
    "complier_effect",
    "control_estimates",
    "course",
    "covariate_words",
    "covariates_of",
    "cox",
    "cox_model",
    "cumulative_incidence",
    "curves",
    "density_at_cut",
    "design_matrix",
    "detectable_hazard_ratio",
    "doubt_answer",
    "doubts",
    "e_value",
    "empirical_null",
    "estimate",
    "events_needed",
    "exact_difference",
    "firth_cox",
    "firth_logistic",
    "g_estimation",
    "g_formula",
    "gate",
    "gated_estimates",
    "imputed",
    "imputed_outcome",
    "interim",
    "iptw",
    "items_met",
    "jump",
    "kaplan_meier",
    "largest_differences",
    "lee",
    "link_chances",
    "log_rank",
    "lottery",
    "manski",
    "matched",
    "matched_balance",
    "naive",
    "null_of",
    "over_draws",
    "over_links",
    "placebo_cuts",
    "placebo_dates",
    "planted_truth",
    "pool",
    "propensity",
    "protocol",
    "pseudo_outcomes",
    "restricted_mean",
    "restricted_mean_difference",
    "restricted_mean_iptw",
    "risk_ratio",
    "rubin",
    "running_variable",
    "small_sample",
    "smallest_p",
    "stabilised_weights",
    "staggered",
    "stepped_wedge",
    "surrogate_checks",
    "surrogate_effect",
    "surrogate_index",
    "tipping_share",
    "what_it_takes",
    "why",
]  # fmt: skip
