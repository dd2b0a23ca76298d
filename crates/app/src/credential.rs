//! Hashing and judging passwords, off the threads that answer requests.
//!
//! Why a limit: argon2id takes 19 MiB and tens of milliseconds on purpose; many at once would take the machine.
//! Must not know: whose password it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use domain::Password;
use tokio::sync::Semaphore;

use crate::error::{AppError, FieldError};

/// Passwords hashed at the same time.
const HASHING_MAX: usize = 2;
/// Longest wait for a turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);
/// Seconds a client waits when no turn came.
const BUSY_RETRY_S: u32 = 5;
/// Weakest estimate taken: from 10^8 guesses on.
const SCORE_MIN: zxcvbn::Score = zxcvbn::Score::Three;
/// What an unknown address is compared with, so that it costs the same time. No password has this hash.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The one place where passwords are hashed.
pub(crate) struct Hasher {
    turns: Arc<Semaphore>,
    compared: AtomicU64,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(HASHING_MAX)),
            compared: AtomicU64::new(0),
        }
    }
}

impl Hasher {
    /// The hash of a password, in PHC form.
    ///
    /// # Errors
    /// `TooMany` if no turn comes in time.
    pub(crate) async fn hash(
        &self,
        password: Password,
        salt: [u8; 16],
    ) -> Result<String, AppError> {
        self.run(move || {
            let hash = Argon2::default()
                .hash_password_with_salt(password.expose().as_bytes(), &salt)
                .map_err(|error| AppError::Internal(format!("hash a password: {error}")))?;
            Ok(hash.to_string())
        })
        .await?
    }

    /// Whether the password has this hash. Without a hash the answer is no, after the same time.
    ///
    /// # Errors
    /// `TooMany` if no turn comes in time.
    pub(crate) async fn verify(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, AppError> {
        self.compared.fetch_add(1, Ordering::Relaxed);
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            let hash = PasswordHash::new(&hash)
                .map_err(|error| AppError::Internal(format!("read a password hash: {error}")))?;
            let right = Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok();
            Ok(right && known)
        })
        .await?
    }

    /// Comparisons so far: what signing in takes time for.
    pub(crate) fn compared(&self) -> u64 {
        self.compared.load(Ordering::Relaxed)
    }

    /// Refuses a password that is easily guessed. `known` are words that a guesser tries first.
    ///
    /// # Errors
    /// `Invalid` naming `field`; `TooMany` if no turn comes in time.
    pub(crate) async fn judge(
        &self,
        field: &'static str,
        password: Password,
        known: Vec<String>,
    ) -> Result<Password, AppError> {
        let (password, score) = self
            .run(move || {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let score = zxcvbn::zxcvbn(password.expose(), &known).score();
                (password, score)
            })
            .await?;
        if score < SCORE_MIN {
            return Err(AppError::Invalid(vec![FieldError::new(
                field,
                "too_easy",
                "this password is easily guessed: use several unrelated words",
            )]));
        }
        Ok(password)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let busy = || AppError::TooMany {
            retry_after_s: BUSY_RETRY_S,
        };
        let turn = tokio::time::timeout(TURN_TIMEOUT, Arc::clone(&self.turns).acquire_owned());
        let turn = turn.await.map_err(|_| busy())?.map_err(|_| busy())?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .map_err(|error| AppError::Internal(format!("hashing stopped: {error}")))
    }
}

/// Takes a text as a new password.
///
/// # Errors
/// `Invalid` naming `field` if its length is not acceptable.
pub(crate) fn parse_password(field: &'static str, text: String) -> Result<Password, AppError> {
    let code = match text.chars().count() {
        0..domain::PASSWORD_LENGTH_MIN => "too_short",
        _ => "too_long",
    };
    Password::parse(text).map_err(|error| AppError::invalid(field, code, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hash_is_argon2id_and_only_its_password_matches() {
        let hasher = Hasher::default();
        let password = || Password::parse("violet harbour 71".to_owned()).unwrap();

        let hash = hasher.hash(password(), [7; 16]).await.unwrap();

        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        for (text, hash, right) in [
            ("violet harbour 71", Some(hash.clone()), true),
            ("violet harbour 72", Some(hash), false),
            ("violet harbour 71", None, false),
        ] {
            let verified = hasher.verify(text.to_owned(), hash).await;
            assert_eq!(verified, Ok(right), "{text}");
        }
    }

    #[tokio::test]
    async fn common_and_personal_passwords_are_refused() {
        let hasher = Hasher::default();
        let judge = |text: &str| {
            let password = Password::parse(text.to_owned()).unwrap();
            hasher.judge(
                "password",
                password,
                vec!["ana.perez@shop.example".to_owned()],
            )
        };

        assert!(judge("password1").await.is_err());
        assert!(judge("ana.perez@shop.example").await.is_err());
        assert!(judge("violet harbour 71 lanterns").await.is_ok());
    }
}
