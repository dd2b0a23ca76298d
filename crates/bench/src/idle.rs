//! What a visitor costs who is connected and says nothing.

use std::time::Duration;

use anyhow::Result;
use it::{Stream, World};

use crate::{Figure, memory};

const TARGET_KIB: f64 = 10.0;
/// Time for buffers of the handshakes to be given back.
const SETTLE: Duration = Duration::from_secs(5);

/// Connects visitors, each with a conversation of their own, and reads memory before and after.
pub(crate) fn measure(world: &mut World, count: usize) -> Result<Figure> {
    println!("connecting {count} visitors");
    let visitors: Vec<_> = (0..count)
        .map(|_| {
            let visitor = world.visitor();
            visitor.start("Hello");
            visitor
        })
        .collect();
    std::thread::sleep(SETTLE);
    let before = memory::read_pss_kib(world)?;
    let streams: Vec<Stream> = visitors
        .iter()
        .map(|visitor| visitor.websocket(None))
        .collect();
    std::thread::sleep(SETTLE);
    let after = memory::read_pss_kib(world)?;
    drop(streams);
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let each = after.saturating_sub(before) as f64 / count as f64;
    Ok(Figure {
        name: format!("memory of an idle visitor, of {count}"),
        value: format!("{each:.2} KiB"),
        target: Some((format!("{TARGET_KIB:.0} KiB"), each <= TARGET_KIB)),
    })
}
