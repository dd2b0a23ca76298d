//! Starts the asynchronous runtime, the log and the cryptography that the commands share.

use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

/// Runs a command to its end; a failure is one sentence on standard error.
pub(crate) fn block_on(log: &str, command: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    let filter = EnvFilter::try_new(log).unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
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
