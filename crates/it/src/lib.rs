//! The harness of the whole-program tests: starts the real `chatham`, on SQLite and on PostgreSQL,
//! and speaks to it as browsers do. The stories stand in `tests/it`, one file for each feature.
//!
//! A harness fails by panicking with a sentence: whoever reads it is looking at a failed test.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "the harness is test code: a story fails by panicking with a sentence"
)]

pub mod actor;
pub mod browser;
pub mod clock;
pub mod database;
pub mod folder;
pub mod http;
pub mod json;
pub mod letters;
pub mod mailbox;
pub mod proxy;
pub mod publish;
pub mod receiver;
pub mod search;
pub mod server;
pub mod stream;
pub mod wait;
pub mod world;

pub use actor::{Console, Visitor};
pub use clock::TestClock;
pub use database::Engine;
pub use http::{Answer, Caller};
pub use json::Reach;
pub use letters::MailSink;
pub use mailbox::Mailbox;
pub use stream::{Event, Stream};
pub use wait::wait_until;
pub use world::World;

/// Makes two tests of each story: one on SQLite, one on PostgreSQL, each with a world of its own.
///
/// ```ignore
/// it::stories! { closed_conversation_refuses_messages }
///
/// fn closed_conversation_refuses_messages(world: &mut it::World) { … }
/// ```
#[macro_export]
macro_rules! stories {
    ($($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $story() {
                super::$story(&mut $crate::World::start($crate::Engine::Sqlite));
            })+
        }
        mod postgres {
            $(#[test]
            fn $story() {
                super::$story(&mut $crate::World::start($crate::Engine::Postgres));
            })+
        }
    };
}
