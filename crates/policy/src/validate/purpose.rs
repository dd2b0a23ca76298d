//! The rules for one `[[purpose]]`.
//!
//! Must not know: processors, cookies, floors.

use super::{basis, check_key};
use crate::{
    diagnostic::nearest,
    model::{Basis, File, Pixel, PurposeRule},
    purpose::{ceiling, known_purposes},
    reader::Report,
    taxonomy::Taxonomy,
};

pub(super) fn check(rule: &PurposeRule, file: &File, report: &mut Report<'_>) {
    if rule.key.is_empty() {
        return;
    }
    let path = format!("purpose.{}", rule.key);
    check_key(report, &format!("{path}.use"), Taxonomy::Use, &rule.use_key);
    for (index, subject) in rule.subjects.iter().enumerate() {
        check_key(
            report,
            &format!("{path}.subjects#{index}"),
            Taxonomy::Subject,
            subject,
        );
    }
    categories(&path, rule, file, report);
    sources(&path, rule, file, report);
    let based = report.knows(&format!("{path}.basis"));
    if let Some((what, mend)) = basis::why_not(rule).filter(|_| based) {
        report.at(&format!("{path}.basis"), "basis_cannot_hold", what, mend);
    }
    if rule.proof.is_some() && rule.basis != Basis::Consent {
        let what = "`proof` without consent proves nothing";
        report.at(
            &format!("{path}.proof"),
            "proof_without_consent",
            what,
            "remove it",
        );
    }
    pixel(&path, rule, report);
    let says = |end: &str| report.knows(&format!("{path}.roles{end}"));
    if rule.roles.is_empty() && says("") && !says("#0") {
        let what = format!("nobody may act for {}", rule.key);
        let mend = "name a role, or remove the purpose";
        report.at(&format!("{path}.roles"), "empty_list", what, mend);
    }
}

fn categories(path: &str, rule: &PurposeRule, file: &File, report: &mut Report<'_>) {
    let Some(ceiling) = ceiling(&rule.key) else {
        if !rule.key.contains('*') {
            unknown(path, rule, report);
        }
        return;
    };
    for (index, key) in rule.categories.iter().enumerate() {
        let here = format!("{path}.categories#{index}");
        if key.contains('*') || !check_key(report, &here, Taxonomy::Category, key) {
            continue;
        }
        if !file.category.iter().any(|category| category.key == *key) {
            let what = format!("{key} has no [[category]] in this file");
            let mend =
                format!("add a [[category]] with key = \"{key}\", its fields and protection");
            report.at(&here, "category_not_declared", what, mend);
        }
        if !ceiling.contains(&key.as_str()) {
            let what = format!("the program never lets {} touch {key}", rule.key);
            let mend = format!("remove it; at most: {}", ceiling.join(", "));
            report.at(&here, "above_ceiling", what, mend);
        }
    }
}

fn unknown(path: &str, rule: &PurposeRule, report: &mut Report<'_>) {
    let mend = nearest(&rule.key, known_purposes()).map_or_else(
        || {
            let known: Vec<_> = known_purposes().collect();
            format!("the closed list is: {}", known.join(", "))
        },
        |near| format!("did you mean \"{near}\"?"),
    );
    let what = format!("the program knows no purpose \"{}\"", rule.key);
    report.at(&format!("{path}.key"), "unknown_purpose", what, mend);
}

fn sources(path: &str, rule: &PurposeRule, file: &File, report: &mut Report<'_>) {
    for (index, source) in rule.sources.iter().enumerate() {
        let declared = file.source.iter().any(|other| other.key == *source);
        if source == "self" || source.contains('*') || declared {
            continue;
        }
        let what = format!("nobody says where \"{source}\" is from");
        let mend = format!(
            "write \"self\", or add a [[source]] with key = \"{source}\", vendor, date and basis"
        );
        report.at(
            &format!("{path}.sources#{index}"),
            "unknown_source",
            what,
            mend,
        );
    }
}

fn pixel(path: &str, rule: &PurposeRule, report: &mut Report<'_>) {
    let path = format!("{path}.pixel");
    if rule.pixel == Pixel::Off {
        return;
    }
    if !basis::starts(&rule.use_key, "marketing") {
        let what = "a letter that is no promotion carries no pixel";
        report.at(
            &path,
            "pixel_in_transactional",
            what,
            "write `pixel = false`",
        );
    } else if rule.pixel == Pixel::Recipient && rule.basis != Basis::Consent {
        let what = "a pixel for each recipient needs that recipient's consent";
        let mend = "write \"campaign\" or `false`, or make the basis \"consent\"";
        report.at(&path, "pixel_without_consent", what, mend);
    }
}
