//! What a visitor costs who is connected and says nothing.

use std::time::Duration;

use anyhow::Result;
use it::{Stream, World};

use crate::{Figure, memory};

const TARGET_KIB: f64 = 10.0;
/// Crowds of the same size that connect one after another.
const CROWDS: usize = 3;
/// Time for buffers of the handshakes to be given back.
const SETTLE: Duration = Duration::from_secs(5);

/// Connects crowds of visitors, each visitor with a conversation of their own, and reads memory after each.
///
/// The server starts anew before them, so that nothing freed earlier hides what they cost, and the first crowd
/// fills what a start leaves free: the figure is the slope over the others.
pub(crate) fn measure(world: &mut World, count: usize) -> Result<Figure> {
    let mut streams = Vec::with_capacity(CROWDS * count);
    let mut memory_kib = Vec::with_capacity(CROWDS);
    let visitors: Vec<_> = (0..CROWDS * count)
        .map(|_| {
            let visitor = world.visitor();
            visitor.start("Hello");
            visitor
        })
        .collect();
    world.crash_and_restart();
    for crowd in visitors.chunks(count) {
        println!("connecting {count} visitors");
        streams.extend(crowd.iter().map(|visitor| visitor.websocket(None)));
        std::thread::sleep(SETTLE);
        memory_kib.push(memory::read_pss_kib(world)?);
    }
    drop::<Vec<Stream>>(streams);
    let first = memory_kib.first().copied().unwrap_or_default();
    let last = memory_kib.last().copied().unwrap_or_default();
    let measured = count * (CROWDS - 1);
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let each = last.saturating_sub(first) as f64 / measured as f64;
    Ok(Figure {
        name: format!("memory of an idle visitor, of {measured}"),
        value: format!("{each:.2} KiB"),
        target: Some((format!("{TARGET_KIB:.0} KiB"), each <= TARGET_KIB)),
    })
}
