//! How long it takes to erase a person with four hundred messages, and that nobody sees any of it from the mark
//! on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use it::{Console, Reach, World};
use serde_json::json;

use crate::{Figure, millis, percentile};

const MESSAGES: usize = 400;
const PERSONS: usize = 5;
const TARGET: Duration = Duration::from_millis(100);

/// Erases persons while an agent goes on reading; the figure is the median.
pub(crate) fn measure(world: &mut World) -> Result<Figure> {
    println!("erasing {PERSONS} persons with {MESSAGES} messages");
    let owner = world.owner();
    let mut took = Vec::new();
    for _ in 0..PERSONS {
        let visitor = world.visitor();
        let id = visitor
            .start("the first of many words")
            .text("/conversation/id");
        for _ in 1..MESSAGES {
            visitor.say(&id, "as many words as people write at once");
        }
        let is_over = AtomicBool::new(false);
        let (time, seen) = thread::scope(|scope| {
            let reader = scope.spawn(|| read_on(&owner, &id, &is_over));
            let start = Instant::now();
            let erased = visitor.call.post("/api/widget/me/erase", &json!({}));
            let time = start.elapsed();
            is_over.store(true, Ordering::Relaxed);
            (time, erased.status == 200 && reader.join().unwrap_or(false))
        });
        ensure!(
            seen,
            "something was read after the mark, or it was not erased"
        );
        let left = format!("select count(*) from message where conversation_id = '{id}'");
        ensure!(world.databases.number(&left) == 0, "messages are left");
        took.push(time);
    }
    took.sort_unstable();
    let median = percentile(&took, 0.5);
    Ok(Figure {
        name: format!("erase a person with {MESSAGES} messages"),
        value: millis(median),
        target: Some(("under 100 ms".to_owned(), median < TARGET)),
    })
}

/// Reads until it is over; whether nothing was seen once the first answer had said that it is gone.
fn read_on(owner: &Console, id: &str, is_over: &AtomicBool) -> bool {
    let path = format!("/api/console/conversations/{id}/messages");
    let mut is_gone = false;
    loop {
        let last = is_over.load(Ordering::Relaxed);
        let answer = owner.call.get(&path);
        if is_gone && answer.status == 200 {
            return false;
        }
        is_gone |= answer.status == 404;
        if last {
            return is_gone;
        }
    }
}
