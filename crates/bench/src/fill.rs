//! Fills the installation with messages, through its own interface, as visitors would.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Result, ensure};
use it::{Reach, Visitor, World};

use crate::Figure;

/// Writers at once: enough that commits are shared, few enough for two cores.
const WRITERS: usize = 32;
const MESSAGES_EACH: usize = 250;
const WORDS: &str = "a hundred and ten bytes of an ordinary question about lamps, \
    their colour, and when the parcel will arrive";

/// Stores this many messages; the figure is how fast.
pub(crate) fn run(world: &mut World, messages: usize) -> Result<Figure> {
    let conversations = messages.div_ceil(MESSAGES_EACH);
    println!("storing {messages} messages in {conversations} conversations");
    let visitors: Vec<Visitor> = (0..conversations).map(|_| world.visitor()).collect();
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    let write_all = || {
        while let Some(visitor) = visitors.get(next.fetch_add(1, Ordering::Relaxed)) {
            write_conversation(visitor);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(write_all);
        }
    });
    let took = start.elapsed();
    let stored = world.databases.number("select count(*) from message");
    let stored = usize::try_from(stored)?;
    ensure!(stored >= messages, "only {stored} messages are stored");
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = stored as f64 / took.as_secs_f64();
    Ok(Figure {
        name: format!("store {stored} messages, {WRITERS} writers"),
        value: format!("{rate:.0} per second"),
        target: None,
    })
}

fn write_conversation(visitor: &Visitor) {
    let id = visitor.start(WORDS).text("/conversation/id");
    for _ in 1..MESSAGES_EACH {
        visitor.say(&id, WORDS);
    }
}
