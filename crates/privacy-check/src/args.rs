//! The command line.

use std::path::PathBuf;

use privacy_check::{ACT_WAIT, SignIn, Target};

const USAGE: &str = "\
usage: privacy-check URL [options]
  --site-origin ORIGIN   the page that visitors come from (needs a sign-in; else the instance's own pages)
  --email ADDRESS        an owner's or admin's account, with
  --password-file FILE   the file that holds its password
  --owner-link URL       of a new instance: makes the owner of that address and password first
  --mail FOLDER          where the instance's letters arrive: messages as *.eml, or a Maildir
  --contact-mailbox DIR  the Maildir that the instance reads as the mailbox of its contact address
  --test-clock FILE      the file of `chatham serve --test-clock`, for clauses in which time passes
  --data FOLDER          the folder of its data, to look at who may read it, never at what is in it
  --publish              publishes the result on the instance, at /privacy/check (needs a sign-in)
  --json FILE            writes the findings for tools
  --html FILE            writes the findings as a page
exit code: 0 no clause failed, 1 one failed, 2 could not run";

/// What the command line asks.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) target: Target,
    pub(crate) publish: bool,
    pub(crate) json: Option<PathBuf>,
    pub(crate) html: Option<PathBuf>,
}

impl Arguments {
    /// Reads the words behind the program's name.
    ///
    /// # Errors
    /// What is wrong, and how it is used.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut url, mut origin, mut clock) = (None, None, None);
        let (mut mail, mut mailbox, mut data) = (None, None, None);
        let (mut email, mut password, mut link) = (None, None, None);
        let (mut json, mut html, mut publish) = (None, None, false);
        while let Some(word) = words.next() {
            let slot = match word.as_str() {
                "--site-origin" => &mut origin,
                "--email" => &mut email,
                "--password-file" => &mut password,
                "--owner-link" => &mut link,
                "--test-clock" => &mut clock,
                "--mail" => &mut mail,
                "--data" => &mut data,
                "--contact-mailbox" => &mut mailbox,
                "--json" => &mut json,
                "--html" => &mut html,
                "--publish" => {
                    publish = true;
                    continue;
                }
                "--help" => return Err(USAGE.to_owned()),
                option if option.starts_with("--") => {
                    return Err(format!("there is no option {option}\n{USAGE}"));
                }
                _ if url.is_none() => {
                    url = Some(word);
                    continue;
                }
                _ => return Err(format!("one URL, not two\n{USAGE}")),
            };
            let missing = || format!("{word} needs a value\n{USAGE}");
            *slot = Some(words.next().ok_or_else(missing)?);
        }
        if publish && email.is_none() {
            return Err(format!("--publish needs a sign-in\n{USAGE}"));
        }
        Ok(Self {
            publish,
            target: Target {
                url: url.ok_or_else(|| USAGE.to_owned())?,
                site_origin: origin,
                test_clock: clock.map(PathBuf::from),
                mail: mail.map(PathBuf::from),
                mailbox: mailbox.map(PathBuf::from),
                data: data.map(PathBuf::from),
                act_wait: ACT_WAIT,
                sign_in: sign_in(email, password, link)?,
            },
            json: json.map(PathBuf::from),
            html: html.map(PathBuf::from),
        })
    }
}

fn sign_in(
    email: Option<String>,
    password_file: Option<String>,
    owner_link: Option<String>,
) -> Result<Option<SignIn>, String> {
    match (email, password_file, owner_link) {
        (None, None, None) => Ok(None),
        (Some(email), Some(file), owner_link) => {
            let password =
                std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
            Ok(Some(SignIn {
                email,
                password: password.trim_end_matches(['\r', '\n']).to_owned(),
                owner_link,
            }))
        }
        _ => Err(format!(
            "a sign-in needs --email and --password-file\n{USAGE}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments, String> {
        Arguments::parse(words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn url_alone_is_enough() {
        let arguments = parse(&["http://127.0.0.1:8080"]).unwrap();

        assert_eq!(arguments.target.url, "http://127.0.0.1:8080");
        assert!(arguments.target.sign_in.is_none());
    }

    #[test]
    fn what_is_half_said_or_unknown_is_refused() {
        for words in [
            &[][..],
            &["http://a", "http://b"],
            &["http://a", "--json"],
            &["http://a", "--email", "a@b.example"],
            &["http://a", "--owner-link", "http://a/console/setup#token=x"],
            &["http://a", "--fast"],
            &["http://a", "--publish"],
        ] {
            assert!(parse(words).unwrap_err().contains("usage:"), "{words:?}");
        }
    }
}
