//! The accept loop: a graceful end, and bad clients that cost only themselves.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use it::{Engine, Reach, World};
use serde_json::json;

it::stories! {
    end_is_graceful_and_streams_are_told,
}

/// After this a connection that sends its headers too slowly must be gone; the limit is 15 s.
const SLOW_WAIT: Duration = Duration::from_secs(25);

fn end_is_graceful_and_streams_are_told(world: &mut World) {
    let visitor = world.visitor();
    let id = visitor.start("Hello").text("/conversation/id");
    let mut stream = visitor.websocket(None);

    let took = world.server.as_mut().unwrap().terminate();

    assert!(took < Duration::from_secs(10), "the end took {took:?}");
    assert!(stream.next_named("drain").body.has("/reconnect_in_ms"));
    assert!(stream.ends_within(Duration::from_secs(1)));
    world.boot();
    assert_eq!(visitor.history(&id)[0].text("/body"), "Hello");
}

/// Writes bytes to the server and reads until it closes or answers in full.
fn talk_raw(world: &World, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(world.address()).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    socket.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // A connection that stays open ends the reading by its time limit.
    drop(socket.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn slow_headers_are_cut_while_others_are_served() {
    let world = World::start(Engine::Sqlite);
    let start = Instant::now();
    let mut slow: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut socket = TcpStream::connect(world.address()).unwrap();
            socket
                .write_all(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
                .unwrap();
            socket.set_read_timeout(Some(SLOW_WAIT)).unwrap();
            socket
        })
        .collect();

    let asked = Instant::now();
    assert_eq!(world.stranger().get("/healthz").status, 200);
    assert!(
        asked.elapsed() < Duration::from_secs(1),
        "others wait behind slow ones"
    );

    for socket in &mut slow {
        let mut rest = Vec::new();
        drop(socket.read_to_end(&mut rest));
        assert!(
            start.elapsed() < SLOW_WAIT,
            "a slow connection is still open"
        );
    }
}

#[test]
fn two_lengths_for_one_body_are_refused() {
    let world = World::start(Engine::Sqlite);
    let smuggled = "POST /api/console/session HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\
        Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /version HTTP/1.1\r\nHost: a\r\n\r\n";

    let answer = talk_raw(&world, smuggled.as_bytes());

    assert!(
        !answer.contains("\"version\""),
        "a second request came through: {answer}"
    );
}

#[test]
fn endless_headers_are_refused() {
    let world = World::start(Engine::Sqlite);
    let request = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n",
        "x".repeat(64 * 1024)
    );

    let answer = talk_raw(&world, request.as_bytes());

    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(world.stranger().get("/healthz").status, 200);
}

#[test]
fn forwarding_header_of_a_stranger_is_not_believed() {
    let mut world = World::prepare(Engine::Sqlite);
    world
        .settings
        .push(("CHATHAM_TRUSTED_PROXIES".to_owned(), String::new()));
    world.boot();
    let body = json!({ "email": "nobody@shop.example", "password": "wrong" });

    let refused = (0..100).any(|_| {
        let call = it::actor::console_caller(&world.base());
        call.post("/api/console/session", &body).status == 429
    });

    assert!(
        refused,
        "a hundred sign-ins from one machine passed as a hundred machines"
    );
}

#[test]
fn one_address_cannot_hold_every_connection() {
    let mut world = World::prepare(Engine::Sqlite);
    world
        .settings
        .push(("CHATHAM_TRUSTED_PROXIES".to_owned(), String::new()));
    world
        .settings
        .push(("CHATHAM_CONNECTIONS_PER_ADDRESS".to_owned(), "8".to_owned()));
    world.boot();
    let _held: Vec<TcpStream> = (0..8)
        .map(|_| TcpStream::connect(world.address()).unwrap())
        .collect();
    std::thread::sleep(Duration::from_millis(200));

    let answer = talk_raw(
        &world,
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );

    assert!(
        !answer.starts_with("HTTP/1.1 200"),
        "the ninth connection was served: {answer}"
    );
}

#[test]
fn unknown_address_is_a_page_for_a_reader_and_a_problem_for_a_program() {
    let world = World::start(Engine::Sqlite);
    let program = world.stranger();
    let reader = program.clone().with("Accept", "text/html,*/*;q=0.8");

    let page = reader.get("/nothing-here");

    assert_eq!(page.status, 404);
    assert!(page.header("Content-Type").starts_with("text/html"));
    assert_eq!(program.get("/nothing-here").problem(404), "not_found");
    assert_eq!(reader.get("/api/nothing-here").problem(404), "not_found");
}
