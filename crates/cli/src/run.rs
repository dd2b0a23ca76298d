//! Starts the asynchronous runtime, the log and the cryptography that the commands share.

use std::process::ExitCode;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

/// Crates whose log lines are written with nobody's data in mind. What libraries say below a warning holds
/// whatever passes through them: addresses of letters, bytes of requests.
const OWN: &[&str] = &[
    "api", "app", "bus", "chatham", "domain", "jobs", "ledger", "mail", "pages", "policy", "store",
    "vault",
];

/// Runs a command to its end; a failure is one sentence on standard error.
pub(crate) fn block_on(log: &str, command: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    let filter = EnvFilter::try_new(log).unwrap_or_else(|_| EnvFilter::new("warn"));
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    tracing_subscriber::registry()
        .with(filter)
        .with(lines.with_filter(filter_fn(may_be_written)))
        .init();
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("a cryptographic provider is installed already");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chatham: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Own lines at any level, those of libraries from a warning on.
fn may_be_written(line: &Metadata<'_>) -> bool {
    let (room, _) = line
        .target()
        .split_once("::")
        .unwrap_or((line.target(), ""));
    *line.level() <= Level::WARN || OWN.contains(&room)
}
