//! How long this disk needs for a flush in this minute.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{Figure, millis, percentile};

const FLUSHES: usize = 1_000;
const BLOCK: [u8; 512] = [0x5a; 512];

/// Appends and flushes small blocks in the folder of the databases.
pub(crate) fn measure(folder: &Path) -> Result<Figure> {
    let path = folder.join("flush.probe");
    let mut file = File::create(&path).context("make a file for the probe")?;
    let mut times = Vec::with_capacity(FLUSHES);
    for _ in 0..FLUSHES {
        let start = Instant::now();
        file.write_all(&BLOCK)
            .and_then(|()| file.sync_data())
            .context("flush the probe")?;
        times.push(start.elapsed());
    }
    std::fs::remove_file(&path).context("remove the probe")?;
    times.sort();
    let (middle, slow) = (percentile(&times, 0.5), percentile(&times, 0.99));
    Ok(Figure {
        name: "disk: append 512 B and flush, p50 / p99".to_owned(),
        value: format!("{} / {}", millis(middle), millis(slow)),
        target: None,
    })
}
