//! From the start of the process to its first answer that needed the database.

use std::time::{Duration, Instant};

use it::World;
use it::server::Server;

use crate::{Figure, millis, percentile};

const STARTS: usize = 5;
const TARGET: Duration = Duration::from_millis(300);

/// Ends the server in order and starts it again, five times; the middle one counts.
pub(crate) fn measure(world: &mut World) -> Figure {
    let site_id = world.site_id();
    let path = format!("/api/widget/{site_id}/config?locale=en");
    let mut times = Vec::new();
    for _ in 0..STARTS {
        if let Some(mut server) = world.server.take() {
            server.terminate();
        }
        let launch = world.launch(&["serve"]);
        let start = Instant::now();
        let server = Server::start_with(&launch, &world.base(), &path, it::world::SITE_ORIGIN);
        times.push(start.elapsed());
        world.server = Some(server);
    }
    times.sort();
    let middle = percentile(&times, 0.5);
    Figure {
        name: "start to first answered request, p50 of 5".to_owned(),
        value: millis(middle),
        target: Some((millis(TARGET), middle <= TARGET)),
    }
}
