//! The rule switch: the tests take one clause's rule out of a program of their own, and see that the check of
//! that clause notices.
//!
//! Why: a check that no wrong server turns red proves nothing. Without the feature `rule-switch`, which no
//! build that is optimised can have, [`is_off`] is the constant `false`, and nothing of it is in the program.
//!
//! To give a clause a switch: ask `policy::rule::is_off(CLAUSE)` in the one place where the rule is enforced,
//! and add the clause to `SWITCHED` in `crates/it/tests/it/privacy_check/switched.rs`.
//! Must not know: what any clause asks.

#[cfg(all(feature = "rule-switch", not(debug_assertions)))]
compile_error!(
    "the feature rule-switch takes rules out of the program: it is for tests, and no release has it"
);

#[cfg(feature = "rule-switch")]
static OFF: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Whether the rule of this clause, 1 to 78, is taken out of this process.
#[cfg(not(feature = "rule-switch"))]
#[must_use]
pub const fn is_off(_clause: u8) -> bool {
    false
}

/// Whether the rule of this clause, 1 to 78, is taken out of this process.
#[cfg(feature = "rule-switch")]
#[must_use]
pub fn is_off(clause: u8) -> bool {
    OFF.load(std::sync::atomic::Ordering::Relaxed) == clause
}

/// Takes the rule of one clause, 1 to 78, out of this process. Called at the start, by `cli` alone.
#[cfg(feature = "rule-switch")]
pub fn switch_off(clause: u8) {
    OFF.store(clause, std::sync::atomic::Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    #[cfg(not(feature = "rule-switch"))]
    #[test]
    fn no_rule_is_off() {
        assert!((0..=u8::MAX).all(|clause| !super::is_off(clause)));
    }

    #[cfg(feature = "rule-switch")]
    #[test]
    fn one_rule_is_off_when_it_is_switched() {
        super::switch_off(4);

        assert!(super::is_off(4) && !super::is_off(5) && !super::is_off(0));
    }
}
