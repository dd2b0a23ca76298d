//! Readiness: the database answers.

use crate::{App, error::AppError};

impl App {
    /// Asks both databases something small.
    ///
    /// # Errors
    /// `Unavailable` if one does not answer.
    pub async fn check_ready(&self) -> Result<(), AppError> {
        self.store
            .data
            .read(store::ping)
            .await
            .map_err(AppError::from)?;
        self.store
            .keys
            .read(store::ping)
            .await
            .map_err(AppError::from)
    }
}
