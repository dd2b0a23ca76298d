//! Traffic as a busy shop has it, and how long a message takes from visitor to agent.

use std::time::{Duration, Instant};

use it::{Reach, World};

use crate::{Figure, millis, percentile};

const VISITORS: usize = 20;
/// Ten messages a second, each from another visitor in turn.
const EVERY: Duration = Duration::from_millis(100);

/// Sends for this long, one message after the other, each timed until the agent's stream has it.
pub(crate) fn measure(world: &mut World, wait: Duration) -> Figure {
    println!("traffic for {} s", wait.as_secs());
    let owner = world.owner();
    let visitors: Vec<_> = (0..VISITORS)
        .map(|_| {
            let visitor = world.visitor();
            let id = visitor.start("Hello").text("/conversation/id");
            (visitor, id)
        })
        .collect();
    let mut stream = owner.websocket(None);
    let mut times = Vec::new();
    let end = Instant::now() + wait;
    for (number, (visitor, id)) in visitors.iter().cycle().enumerate() {
        let due = Instant::now();
        if due >= end {
            break;
        }
        let body = format!("message {number}");
        visitor.say(id, &body);
        while stream
            .next_named("message.created")
            .body
            .text("/message/body")
            != body
        {}
        times.push(due.elapsed());
        std::thread::sleep(EVERY.saturating_sub(due.elapsed()));
    }
    times.sort();
    let (middle, slow) = (percentile(&times, 0.5), percentile(&times, 0.99));
    Figure {
        name: format!("visitor to agent, {} messages, p50 / p99", times.len()),
        value: format!("{} / {}", millis(middle), millis(slow)),
        target: None,
    }
}
