//! The round of housekeeping: holds and disclosures past their time end, erasures go on, and what is past its time goes.
//!
//! Must not know: how often it is called, which rules there are.

use crate::{App, error::AppError};

impl App {
    /// One round. What one part cannot do does not keep the others.
    ///
    /// # Errors
    /// The first failure, after every part had its turn.
    pub async fn keep_house(&self) -> Result<(), AppError> {
        let parts = [self.finish_waiting().await, self.sweep().await];
        parts.into_iter().collect()
    }

    /// What must not wait for the sweeper: holds that have ended, erasures that were interrupted, requests
    /// whose time has come, notices to be sent.
    ///
    /// # Errors
    /// The first failure, after each had its turn.
    pub async fn finish_waiting(&self) -> Result<(), AppError> {
        let parts = [
            self.end_overdue_holds().await,
            self.erase_due_children().await,
            self.end_overdue_disclosures().await,
            self.tell_of_disclosures().await,
            self.resume_erasures().await.map(drop),
            self.run_due_requests().await.map(drop),
            self.spread_notices().await,
        ];
        parts.into_iter().collect()
    }
}
