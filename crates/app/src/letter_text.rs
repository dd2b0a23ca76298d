//! The words of letters. Plain text; nothing is advertised in any of them (clause 22).
//!
//! Must not know: addresses.

use domain::SiteLocale;
pub(crate) use mail::Words;

/// One answer in a letter.
pub(crate) struct Answer {
    pub(crate) author: Option<String>,
    pub(crate) body: String,
}

pub(crate) fn invitation(workspace: &str, link: &str) -> Words {
    Words {
        subject: format!("You are invited to answer for {workspace}"),
        body: format!(
            "Hello,\n\nyou are invited to join {workspace} and answer its visitors. Choose your name and a \
             password here:\n\n{link}\n\nThe link works once, for 7 days. If you did not expect this, do \
             nothing: without the link nobody joins in your name.\n"
        ),
    }
}

pub(crate) fn password_reset(workspace: &str, link: &str) -> Words {
    Words {
        subject: format!("A new password for {workspace}"),
        body: format!(
            "Hello,\n\nsomebody, probably you, asked for a new password for your account at {workspace}. \
             Set it here:\n\n{link}\n\nThe link works once, for 60 minutes. All your sessions end when it \
             is used; your second factor stays. If it was not you, do nothing: your password stays as it \
             is.\n"
        ),
    }
}

/// A webhook was paused.
pub(crate) fn webhook_paused(workspace: &str, host: &str, link: &str) -> Words {
    Words {
        subject: format!("{workspace}: the webhook to {host} is paused"),
        body: format!(
            "Hello,\n\nnothing that {workspace} sent to {host} arrived for a day, or the receiver says it is gone. \
             The webhook is paused and sends nothing more. What was tried, and why it failed, is here; there you \
             also let it go on:\n\n{link}\n"
        ),
    }
}

/// What is said about a new version.
pub(crate) struct VersionWords {
    pub(crate) controller: String,
    pub(crate) version: u32,
    pub(crate) date: String,
    /// One line each.
    pub(crate) changes: Vec<String>,
    /// How many are not told.
    pub(crate) more: usize,
    pub(crate) url: String,
}

impl VersionWords {
    /// The changes, a line each, and how many are not told.
    pub(crate) fn list(&self) -> String {
        let mut list = self.changes.join("\n");
        if self.more > 0 {
            list = format!("{list}\n- and {} more", self.more);
        }
        list
    }
}

pub(crate) fn policy_version(said: &VersionWords) -> Words {
    let VersionWords {
        controller,
        version,
        date,
        url,
        ..
    } = said;
    let list = said.list();
    Words {
        subject: format!("The privacy policy changes on {date}"),
        body: format!(
            "Hello,\n\nversion {version} of the privacy policy of {controller} takes effect on {date}. You \
             have an account there, so you are told before. What changes:\n\n{list}\n\nEverything, side by \
             side:\n\n{url}\n\nThis letter comes once for each version that changes something that \
             matters. You need not answer.\n"
        ),
    }
}

pub(crate) fn waiting(site: &str, minutes: i64, link: &str) -> Words {
    let since = if minutes <= 1 {
        "a minute".to_owned()
    } else {
        format!("{minutes} minutes")
    };
    Words {
        subject: format!("A visitor of {site} waits for an answer"),
        body: format!(
            "Hello,\n\na visitor of {site} has waited for {since}, and nobody has looked yet. The \
             conversation is here:\n\n{link}\n\nThis letter comes once for each time somebody waits.\n"
        ),
    }
}

pub(crate) fn verification(site: &str, link: &str, locale: SiteLocale) -> Words {
    let (subject, body) = match locale {
        SiteLocale::En => (
            format!("Is this your address? {site} asks before it writes"),
            format!(
                "Hello,\n\nsomebody, probably you, gave this address in the chat of {site}. If answers \
                 may come here while you are away, confirm it:\n\n{link}\n\nThe link works once, for 24 \
                 hours. If it was not you, do nothing: no other letter comes.\n"
            ),
        ),
        SiteLocale::Es => (
            format!("¿Es tuya esta dirección? {site} pregunta antes de escribir"),
            format!(
                "Hola:\n\nalguien, seguramente tú, dio esta dirección en el chat de {site}. Si quieres \
                 recibir aquí las respuestas cuando no estés, confírmala:\n\n{link}\n\nEl enlace sirve \
                 una sola vez, durante 24 horas. Si no fuiste tú, no hagas nada: no llegará ninguna otra \
                 carta.\n"
            ),
        ),
        SiteLocale::Ar => (
            format!("هل هذا عنوانك؟ يسأل {site} قبل أن يكتب إليك"),
            format!(
                "مرحبًا،\n\nأعطى أحدهم، وربما أنت، هذا العنوان في محادثة {site}. إذا أردت أن تصلك الردود \
                 هنا أثناء غيابك، فأكّده:\n\n{link}\n\nيعمل الرابط مرة واحدة خلال 24 ساعة. إذا لم تكن أنت، \
                 فلا تفعل شيئًا: لن تصلك رسالة أخرى.\n"
            ),
        ),
    };
    Words { subject, body }
}

pub(crate) fn answer(
    site: &str,
    name: Option<&str>,
    answers: &[Answer],
    (link, centre): (&str, &str),
    locale: SiteLocale,
) -> Words {
    let said: Vec<String> = answers.iter().map(|answer| quote(answer, site)).collect();
    let said = said.join("\n\n");
    let (subject, greeting, intro, way, note, held) = match locale {
        SiteLocale::En => (
            format!("{site} answered you"),
            name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},")),
            "you left before this answer came:",
            "Read on and reply here:",
            "The link opens your conversation once, for 30 days: keep it to yourself. Replies to this \
             letter are not read.",
            "What is held about you, and how to stop these letters:",
        ),
        SiteLocale::Es => (
            format!("{site} te ha respondido"),
            name.map_or_else(|| "Hola:".to_owned(), |name| format!("Hola, {name}:")),
            "te fuiste antes de que llegara esta respuesta:",
            "Sigue leyendo y responde aquí:",
            "El enlace abre tu conversación una sola vez, durante 30 días: no lo compartas. Las respuestas \
             a esta carta no se leen.",
            "Lo que se guarda sobre ti, y cómo parar estas cartas:",
        ),
        SiteLocale::Ar => (
            format!("ردّ عليك {site}"),
            name.map_or_else(|| "مرحبًا،".to_owned(), |name| format!("مرحبًا {name}،")),
            "غادرتَ قبل وصول هذا الرد:",
            "تابع القراءة وردّ من هنا:",
            "يفتح الرابط محادثتك مرة واحدة خلال 30 يومًا، فلا تشاركه. الردود على هذه الرسالة لا تُقرأ.",
            "ما نحتفظ به عنك، وكيف توقف هذه الرسائل:",
        ),
    };
    Words {
        subject,
        body: format!(
            "{greeting}\n\n{intro}\n\n{said}\n\n{way}\n\n{link}\n\n{note}\n\n{held} {centre}\n"
        ),
    }
}

/// An answer, indented so that its words cannot pass for the letter's own.
fn quote(answer: &Answer, site: &str) -> String {
    let author = answer.author.as_deref().filter(|author| !author.is_empty());
    let mut quoted = format!("{}:", author.unwrap_or(site));
    for line in answer.body.lines() {
        quoted.push_str("\n> ");
        quoted.push_str(line);
    }
    quoted
}
