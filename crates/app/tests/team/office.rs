//! A workspace with its owner, as the stories begin.

use std::sync::Arc;

use app::{Agent, App, AppError, CreatedWorkspace, Invitation, JobOutcome, Setup, SignIn};
use mail::{Letter, Mailer};
use policy::Role;

use crate::common::World;

pub(crate) const PASSWORD: &str = "violet harbour 71 lanterns";
pub(crate) const OTHER_PASSWORD: &str = "copper meadow 38 sailors";
pub(crate) const OWNER: &str = "owner@shop.example";

/// A workspace made by the program itself, with its owner signed in.
pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) app: Arc<App>,
    pub(crate) made: CreatedWorkspace,
    pub(crate) owner: Agent,
    pub(crate) owner_token: String,
}

impl Office {
    pub(crate) async fn open(world: World) -> Self {
        let app = Arc::clone(&world.app);
        let origins = ["https://shop.example".to_owned()];
        let made = app.create_workspace("Shop", &origins).await.unwrap();
        let link = app.owner_link(made.workspace_id).await.unwrap();
        let setup = owner_setup(&link, OWNER);
        let owner_token = app.set_up_owner(setup).await.unwrap().token;
        let owner = app.authenticate_session(&owner_token).await.unwrap();
        Self {
            world,
            app,
            made,
            owner,
            owner_token,
        }
    }

    /// Somebody who was invited, joined, and is signed in.
    pub(crate) async fn joined(&self, email: &str, role: Role) -> Agent {
        self.pass_seconds(1);
        let invitation = Invitation {
            email: email.to_owned(),
            name: None,
            role,
            key: None,
        };
        self.app
            .invite_agent(&self.owner, invitation)
            .await
            .unwrap();
        self.run_jobs().await;
        let token = token_after(&self.letter_to(email), "#token=");
        let joined = self
            .app
            .accept_invitation(&token, "Member", PASSWORD.to_owned());
        let session = joined.await.unwrap().token;
        self.app.authenticate_session(&session).await.unwrap()
    }

    /// Runs what is due, as the background work does.
    pub(crate) async fn run_jobs(&self) {
        for job in self.app.lease_jobs(100).await.unwrap() {
            let outcome = self.app.run_job(&job).await;
            self.app.settle_job(job, outcome).await.unwrap();
        }
    }

    /// Runs one kind of job that is due; how it ended.
    pub(crate) async fn run_job(&self, kind: &str) -> Option<Result<JobOutcome, AppError>> {
        let mut ended = None;
        for job in self.app.lease_jobs(100).await.unwrap() {
            let outcome = self.app.run_job(&job).await;
            if job.kind == kind {
                ended = Some(outcome.clone());
            }
            self.app.settle_job(job, outcome).await.unwrap();
        }
        ended
    }

    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.world.letters.sent()
    }

    /// The newest letter to an address.
    pub(crate) fn letter_to(&self, email: &str) -> Letter {
        let mut letters = self.letters().into_iter();
        let found = letters.find(|letter| letter.to == email);
        found.unwrap_or_else(|| panic!("no letter to {email}"))
    }

    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.world.clock.add_seconds(seconds);
    }
}

pub(crate) fn owner_setup(link: &str, email: &str) -> Setup {
    Setup {
        token: link.split_once("#token=").unwrap().1.to_owned(),
        name: "Olga".to_owned(),
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
    }
}

pub(crate) fn sign_in(email: &str, password: &str) -> SignIn {
    SignIn {
        email: email.to_owned(),
        password: password.to_owned(),
        totp: None,
        recovery_code: None,
    }
}

/// What follows a marker in a letter, up to the end of the token.
pub(crate) fn token_after(letter: &Letter, marker: &str) -> String {
    let (_, rest) = letter.body.split_once(marker).unwrap();
    let is_token = |letter: &char| letter.is_ascii_alphanumeric() || "-_".contains(*letter);
    rest.chars().take_while(is_token).collect()
}

/// The stable code of a conflict.
pub(crate) fn code<T>(outcome: Result<T, AppError>) -> String {
    match outcome {
        Err(AppError::Conflict { code, .. }) => code.to_owned(),
        Err(AppError::Unauthenticated(code)) => code.key().to_owned(),
        Err(AppError::Invalid(fields)) => format!("{}:{}", fields[0].field, fields[0].code),
        Err(AppError::Forbidden) => "forbidden".to_owned(),
        Err(AppError::NotFound) => "not_found".to_owned(),
        Err(AppError::TooMany { .. }) => "too_many".to_owned(),
        Err(other) => other.to_string(),
        Ok(_) => "ok".to_owned(),
    }
}
