//! The way out as the configuration asks for it: nothing but the receivers of tests.
//!
//! Why so: whoever tests from outside needs a receiver on this machine, where nothing may go otherwise. It is
//! refused unless the server runs under a test clock, which is refused unless it listens on loopback.

use std::fs;

use anyhow::Context;
use app::{EgressSettings, TestReceiver};

use crate::config::Config;

/// Receivers that one installation may have for its tests.
const RECEIVERS_MAX: usize = 16;

/// The settings of the egress gate.
///
/// # Errors
/// A receiver that is not one, or a certificate that cannot be read.
pub(crate) fn settings(config: &Config) -> anyhow::Result<EgressSettings> {
    let given = config.test_receivers.iter().take(RECEIVERS_MAX);
    let receivers = given.map(|text| {
        TestReceiver::parse(text).with_context(|| {
            format!(
                "\"{text}\" is no receiver of tests: use --test-receiver crm.example:443=127.0.0.1:9000"
            )
        })
    });
    let root = config.test_receiver_ca.as_ref().map(fs::read).transpose();
    Ok(EgressSettings {
        test_receivers: receivers.collect::<anyhow::Result<_>>()?,
        test_root_pem: root.context("read --test-receiver-ca")?,
        resolver: None,
    })
}
