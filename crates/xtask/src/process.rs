//! Child processes that end with the value that holds them.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How long a process may take to end by itself after the polite signal.
const STOP_WAIT: Duration = Duration::from_secs(10);

/// A process that was started here; dropping it stops it.
pub(crate) struct Started {
    name: String,
    child: Child,
    signal: &'static str,
}

impl Started {
    /// Starts the command; `signal` is what its documentation calls a normal end.
    pub(crate) fn spawn(name: &str, signal: &'static str, command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("start {name}"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            signal,
        })
    }

    /// Whether the process has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    fn stop(&mut self) -> Result<()> {
        if self.has_ended() {
            return Ok(());
        }
        let id = self.child.id().to_string();
        Command::new("kill")
            .args([self.signal, &id])
            .status()
            .context("run kill")?;
        let deadline = Instant::now() + STOP_WAIT;
        while Instant::now() < deadline {
            if self.has_ended() {
                return Ok(());
            }
            sleep(Duration::from_millis(20));
        }
        self.child.kill().context("kill")?;
        self.child.wait().context("wait")?;
        Ok(())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("xtask: cannot stop {}: {error:#}", self.name);
        }
    }
}
