//! Which basis can hold for which use.
//!
//! Why: a file that says `contract` for a newsletter promises something no court would accept; it is
//! refused before anybody reads it on the page.
//! Must not know: the floors; they narrow further.

use crate::{
    model::{Basis, PurposeRule},
    taxonomy::{identifies, is_special},
};

/// Why the basis cannot hold for this purpose, and what could.
pub(super) fn why_not(rule: &PurposeRule) -> Option<(String, String)> {
    let of = |prefix: &str| starts(&rule.use_key, prefix);
    let promotes = of("marketing") || of("personalize") || of("sales");
    let gives_away = of("third_party_sharing") && !of("third_party_sharing.legal_obligation");
    let by_law = of("essential.legal_obligation") || of("third_party_sharing.legal_obligation");
    let guards = of("essential.service.security") || of("essential.fraud_detection");
    let fault = match rule.basis {
        Basis::NoneNeeded => rule
            .categories
            .iter()
            .find(|category| identifies(category))
            .map(|category| {
                let what = format!("`none-needed` cannot hold: {category} identifies a person");
                (what, "name a real basis, or drop the category".to_owned())
            }),
        Basis::Contract if promotes || gives_away || of("analytics") => Some(told(
            "`contract` cannot hold for a use nobody ordered",
            "write \"consent\"",
        )),
        Basis::LegalObligation if !by_law => Some(told(
            "`legal-obligation` cannot hold: no law demands this use",
            "use \"essential.legal_obligation\", or name another basis",
        )),
        Basis::VitalInterest if !by_law => Some(told(
            "`vital-interest` cannot hold outside a release by law",
            "name another basis",
        )),
        Basis::LegitimateInterest if promotes || gives_away => Some(told(
            "`legitimate-interest` cannot hold for promotion or giving data away",
            "write \"consent\"",
        )),
        Basis::Consent if by_law || guards => Some(told(
            "`consent` cannot hold: the use must go on when it is refused",
            "write \"legal-obligation\" or \"legitimate-interest\"",
        )),
        Basis::OptOut if !(promotes || of("analytics") || gives_away) => Some(told(
            "`opt-out` cannot hold: without this use the service cannot work",
            "write \"contract\" or \"legitimate-interest\"",
        )),
        Basis::OptOut if rule.honours.is_empty() => Some(told(
            "`opt-out` cannot hold: no opt-out is honoured",
            "add `honours = [\"optout.email\"]` or the opt-out that fits",
        )),
        _ => None,
    };
    fault.or_else(|| special(rule))
}

fn special(rule: &PurposeRule) -> Option<(String, String)> {
    let category = rule
        .categories
        .iter()
        .find(|category| is_special(category))?;
    if matches!(
        rule.basis,
        Basis::Consent | Basis::LegalObligation | Basis::VitalInterest
    ) {
        return None;
    }
    let what = format!(
        "`{}` cannot hold for {category}, which law protects",
        rule.basis
    );
    Some((what, "write \"consent\", or drop the category".to_owned()))
}

fn told(what: &str, mend: &str) -> (String, String) {
    (what.to_owned(), mend.to_owned())
}

/// Whether a key is the prefix or stands below it.
pub(super) fn starts(key: &str, prefix: &str) -> bool {
    key.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
