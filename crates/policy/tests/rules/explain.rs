//! The table of who may do what.

use policy::{Category, Outcome, explain};

use crate::{strict, y2014};

#[test]
fn every_row_of_what_is_not_built_says_so_and_nothing_else_does() {
    for policy in [strict(), y2014()] {
        for row in explain(&policy) {
            let built = policy::is_built(&row.purpose);
            if built && Category::from_key(&row.category).is_none() {
                // No column holds it yet: whoever may, is told so; who may not, is told why.
                assert!(!matches!(row.outcome, Outcome::Allowed { .. }), "{row:?}");
                continue;
            }
            assert_eq!(row.outcome == Outcome::NotBuilt, !built, "{row:?}");
        }
    }
}

#[test]
fn every_combination_has_one_row() {
    let rows = explain(&strict());
    let pairs: usize = strict()
        .file()
        .purpose
        .iter()
        .map(|rule| rule.categories.len())
        .sum();
    assert_eq!(rows.len(), pairs * 8 * 3);
}

#[test]
fn outcomes_name_their_clause() {
    let rows = explain(&strict());
    let outcome = |who: &str, channel: &str| {
        rows.iter()
            .find(|row| {
                row.who == who
                    && row.channel == channel
                    && row.purpose == "support.reply"
                    && row.category == "user.content.private"
            })
            .map(|row| row.outcome.to_string())
    };
    assert_eq!(outcome("agent", "widget").as_deref(), Some("allowed"));
    assert_eq!(
        outcome("analyst", "widget").as_deref(),
        Some("refused (clause 69, role_not_in_purpose)")
    );
    assert_eq!(
        outcome("agent", "email").as_deref(),
        Some("refused (clause 23, channel_not_in_purpose)")
    );
}
