//! Memory of the process as the kernel counts it: its proportional share of what it has mapped.

use anyhow::{Context, Result};
use it::World;

use crate::Figure;

const TARGET_KIB: u64 = 40 * 1024;

/// Memory after the traffic.
pub(crate) fn measure(world: &World) -> Result<Figure> {
    let kib = read_pss_kib(world)?;
    Ok(Figure {
        name: "memory (PSS) after the traffic".to_owned(),
        value: format!("{:.1} MiB", kib_to_mib(kib)),
        target: Some(("40.0 MiB".to_owned(), kib <= TARGET_KIB)),
    })
}

/// Proportional set size of the server, in KiB.
pub(crate) fn read_pss_kib(world: &World) -> Result<u64> {
    let id = world.server.as_ref().context("the server runs")?.id();
    let path = format!("/proc/{id}/smaps_rollup");
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    text.lines()
        .find_map(|line| {
            line.strip_prefix("Pss:")?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        })
        .context("smaps_rollup has a line Pss")
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn kib_to_mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
