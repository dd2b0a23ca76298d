//! The host's own site: the first site of the first workspace, served with the installation itself.
//!
//! Must not know: HTML.

use crate::{App, error::AppError};

impl App {
    /// The host's own site; none before anybody has signed in.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn find_host_site(&self) -> Result<Option<store::HostSite>, AppError> {
        Ok(self.store.data.read(store::find_host_site).await?)
    }

    /// How many people have which role, for the policy page (clause 69).
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn list_role_counts(&self) -> Result<Vec<(policy::Role, u32)>, AppError> {
        if policy::rule::is_off(69) {
            return Ok(Vec::new());
        }
        Ok(self.store.data.read(store::list_role_counts).await?)
    }
}
