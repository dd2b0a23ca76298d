//! What is not under a legal hold, as a condition of a statement: written once, since a rule of deletion that
//! forgets it breaks a promise.
//!
//! Must not know: what is deleted.

/// Nothing of the person of the row with this name is under a hold.
macro_rules! unheld {
    ($row:literal) => {
        concat!(
            "not exists (
                 select 1 from hold h
                 where h.workspace_id = ",
            $row,
            ".workspace_id
                     and h.person_id = ",
            $row,
            ".person_id and h.released_at is null
             )"
        )
    };
}

/// No hold reaches the conversation of the row with this name: neither one of its person nor its own.
macro_rules! unheld_conversation {
    ($row:literal) => {
        concat!(
            "not exists (
                 select 1 from hold h
                 where h.workspace_id = ",
            $row,
            ".workspace_id
                     and h.person_id = ",
            $row,
            ".person_id and h.released_at is null
                     and coalesce(h.conversation_id, ",
            $row,
            ".conversation_id)
                         = ",
            $row,
            ".conversation_id
             )"
        )
    };
}

pub(crate) use {unheld, unheld_conversation};
