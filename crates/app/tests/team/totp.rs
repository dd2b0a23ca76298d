//! The second factor.

use app::{AppError, SignIn};
use totp_rs::{Builder, Secret};

use crate::{
    common::on_both,
    office::{OTHER_PASSWORD, OWNER, Office, PASSWORD, code, sign_in, token_after},
};

const STEP_S: i64 = 30;

/// An owner with the second factor on.
struct Guarded {
    office: Office,
    secret: String,
    recovery: Vec<String>,
}

impl Guarded {
    async fn open(world: crate::common::World) -> Self {
        let office = Office::open(world).await;
        let start = office.app.start_totp(&office.owner, PASSWORD.to_owned());
        let start = start.await.unwrap();
        assert!(
            start.uri.starts_with("otpauth://totp/Chatham:"),
            "{}",
            start.uri
        );
        let mut guarded = Self {
            office,
            secret: start.secret,
            recovery: Vec::new(),
        };
        let code = guarded.code();
        let confirmed = guarded
            .office
            .app
            .confirm_totp(&guarded.office.owner, &code);
        guarded.recovery = confirmed.await.unwrap();
        guarded.office.pass_seconds(STEP_S);
        guarded
    }

    fn code(&self) -> String {
        code_at(&self.secret, self.office.world.now().micros() / 1_000_000)
    }

    async fn sign_in(&self, totp: Option<&str>, recovery: Option<&str>) -> String {
        let sign_in = SignIn {
            totp: totp.map(str::to_owned),
            recovery_code: recovery.map(str::to_owned),
            ..sign_in(OWNER, PASSWORD)
        };
        code(self.office.app.sign_in(sign_in).await)
    }
}

fn code_at(secret: &str, seconds: i64) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    totp.generate(u64::try_from(seconds).unwrap()).to_string()
}

#[tokio::test]
async fn code_is_asked_for_after_the_password_and_works_once() {
    on_both(|world| async move {
        let guarded = Guarded::open(world).await;
        let now = guarded.code();

        assert_eq!(guarded.sign_in(None, None).await, "totp_required");
        assert_eq!(guarded.sign_in(Some("000000"), None).await, "wrong_code");
        assert_eq!(guarded.sign_in(Some(&now), None).await, "ok");
        assert_eq!(guarded.sign_in(Some(&now), None).await, "wrong_code");
        guarded.office.pass_seconds(STEP_S);
        assert_eq!(guarded.sign_in(Some(&guarded.code()), None).await, "ok");
    })
    .await;
}

#[tokio::test]
async fn codes_of_one_step_before_and_after_are_taken_and_no_others() {
    on_both(|world| async move {
        let guarded = Guarded::open(world).await;
        guarded.office.pass_seconds(10 * STEP_S);
        let now = guarded.office.world.now().micros() / 1_000_000;
        let at = |steps: i64| code_at(&guarded.secret, now + steps * STEP_S);

        assert_eq!(guarded.sign_in(Some(&at(-2)), None).await, "wrong_code");
        assert_eq!(guarded.sign_in(Some(&at(2)), None).await, "wrong_code");
        assert_eq!(guarded.sign_in(Some(&at(-1)), None).await, "ok");
        assert_eq!(guarded.sign_in(Some(&at(1)), None).await, "ok");
        // A step before one that was used is used up, too.
        assert_eq!(guarded.sign_in(Some(&at(0)), None).await, "wrong_code");
    })
    .await;
}

#[tokio::test]
async fn recovery_code_works_once_in_any_spelling() {
    on_both(|world| async move {
        let guarded = Guarded::open(world).await;
        assert_eq!(guarded.recovery.len(), 10);
        let shouted = guarded.recovery[0].to_uppercase().replace('-', " ");

        assert_eq!(guarded.sign_in(None, Some(&shouted)).await, "ok");
        assert_eq!(
            guarded.sign_in(None, Some(&guarded.recovery[0])).await,
            "wrong_code"
        );
        assert_eq!(
            guarded.sign_in(None, Some(&guarded.recovery[1])).await,
            "ok"
        );
    })
    .await;
}

#[tokio::test]
async fn guessing_codes_is_slowed() {
    on_both(|world| async move {
        let guarded = Guarded::open(world).await;
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(guarded.sign_in(Some("000000"), None).await);
        }

        assert_eq!(answers.last().unwrap(), "too_many");
    })
    .await;
}

#[tokio::test]
async fn turning_on_and_off_needs_the_password() {
    on_both(|world| async move {
        let guarded = Guarded::open(world).await;
        let (app, owner) = (&guarded.office.app, &guarded.office.owner);

        let again = app.start_totp(owner, PASSWORD.to_owned()).await;
        let stranger = app.remove_totp(owner, OTHER_PASSWORD.to_owned()).await;
        assert_eq!(code(again), "totp_enabled");
        assert_eq!(code(stranger), "password:wrong_password");
        app.remove_totp(owner, PASSWORD.to_owned()).await.unwrap();

        assert_eq!(guarded.sign_in(None, None).await, "ok");
        let unbegun = app.confirm_totp(owner, "000000").await;
        assert_eq!(code(unbegun), "totp_not_begun");
    })
    .await;
}

#[tokio::test]
async fn wrong_first_code_turns_nothing_on() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        drop(
            office
                .app
                .start_totp(&office.owner, PASSWORD.to_owned())
                .await
                .unwrap(),
        );

        let wrong = office.app.confirm_totp(&office.owner, "000000").await;

        assert_eq!(code(wrong), "code:wrong_code");
        assert_eq!(
            code(office.app.sign_in(sign_in(OWNER, PASSWORD)).await),
            "ok"
        );
    })
    .await;
}

#[tokio::test]
async fn new_password_by_letter_keeps_the_second_factor() {
    on_both(|world| async move {
        let guarded = Guarded::open(world).await;
        let app = &guarded.office.app;
        app.request_reset(app.reset_index(OWNER)).await.unwrap();
        guarded.office.run_jobs().await;
        let token = token_after(&guarded.office.letter_to(OWNER), "#token=");
        app.reset_password(&token, OTHER_PASSWORD.to_owned())
            .await
            .unwrap();

        let refused = app.sign_in(sign_in(OWNER, OTHER_PASSWORD)).await.err();

        assert_eq!(
            refused,
            Some(AppError::Unauthenticated(policy::RefusalCode::TotpRequired))
        );
    })
    .await;
}
