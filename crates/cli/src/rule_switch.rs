//! `--rule-off CLAUSE` of the tests' own build: a server that breaks one clause, for the check that must notice.
//!
//! Without the feature `rule-switch` there is no such flag, and everything here does nothing.
//! Must not know: where the rules are.

use crate::config::Config;

/// What whoever runs such a build is told.
const WARNING: &str = "\
*** RULE SWITCH: this build can be told to break a clause of its policy. It is for tests only.
*** Build one for people without the feature: cargo build --release --package chatham";

/// Whether this build has the switch.
const IS_BUILT_IN: bool = cfg!(feature = "rule-switch");

/// Takes the rule out that the configuration names.
#[cfg(feature = "rule-switch")]
pub(crate) fn apply(config: &Config) {
    if let Some(clause) = config.rule_off {
        policy::rule::switch_off(clause);
    }
}

/// Nothing: this build has no switch.
#[cfg(not(feature = "rule-switch"))]
pub(crate) const fn apply(_config: &Config) {}

/// Refuses to break a clause where real people can reach it.
///
/// # Errors
/// If a rule is taken out of a server that does not listen on loopback.
#[cfg(feature = "rule-switch")]
pub(crate) fn check(config: &Config) -> anyhow::Result<()> {
    anyhow::ensure!(
        config.rule_off.is_none() || config.listen.ip().is_loopback(),
        "a server without one of its rules is for tests: take --rule-off away"
    );
    Ok(())
}

/// Nothing: this build has no switch.
#[cfg(not(feature = "rule-switch"))]
#[expect(clippy::unnecessary_wraps, reason = "the tests' build can refuse")]
pub(crate) const fn check(_config: &Config) -> anyhow::Result<()> {
    Ok(())
}

/// Says on both outputs what this build is.
pub(crate) fn warn() {
    if IS_BUILT_IN {
        println!("{WARNING}");
        eprintln!("{WARNING}");
    }
}

/// `doctor`'s line about this build.
pub(crate) fn diagnose() -> Result<String, String> {
    if IS_BUILT_IN {
        return Err(WARNING.to_owned());
    }
    Ok(String::new())
}
