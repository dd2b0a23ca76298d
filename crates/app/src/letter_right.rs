//! The words of letters about a person's rights. Plain text; nothing personal but the address they go to.
//!
//! Must not know: addresses.

use domain::{RequestKind, SiteLocale};
use policy::Timestamp;

use crate::letter_text::Words;

/// Links, each under the day its record began.
fn list(links: &[(Timestamp, String)]) -> String {
    let links: Vec<_> = links
        .iter()
        .map(|(since, url)| format!("{}\n{url}", since.date()))
        .collect();
    links.join("\n\n")
}

/// Ways into the privacy centre, one for each record: when it began, and its link.
pub(crate) fn privacy_centre(
    site: &str,
    links: &[(Timestamp, String)],
    locale: SiteLocale,
) -> Words {
    let links = list(links);
    let (subject, before, after) = match locale {
        SiteLocale::En => (
            format!("What {site} holds about you"),
            "Hello,\n\nsomebody, probably you, asked to see what is held about this address. Open it here; the \
             date is the day you first wrote:",
            "Each link works once, for 60 minutes: keep it to yourself. If it was not you, do nothing: without \
             the link nobody sees anything.",
        ),
        SiteLocale::Es => (
            format!("Lo que {site} guarda sobre ti"),
            "Hola:\n\nalguien, seguramente tú, pidió ver lo que se guarda sobre esta dirección. Ábrelo aquí; la \
             fecha es el día en que escribiste por primera vez:",
            "Cada enlace sirve una sola vez, durante 60 minutos: no lo compartas. Si no fuiste tú, no hagas \
             nada: sin el enlace nadie ve nada.",
        ),
        SiteLocale::Ar => (
            format!("ما يحتفظ به {site} عنك"),
            "مرحبًا،\n\nطلب أحدهم، وربما أنت، الاطلاع على ما نحتفظ به عن هذا العنوان. افتحه من هنا؛ التاريخ هو \
             اليوم الذي كتبت فيه أول مرة:",
            "يعمل كل رابط مرة واحدة خلال 60 دقيقة، فلا تشاركه. إذا لم تكن أنت، فلا تفعل شيئًا: بدون الرابط لا يرى \
             أحد شيئًا.",
        ),
    };
    Words {
        subject,
        body: format!("{before}\n\n{links}\n\n{after}\n"),
    }
}

/// Ways to decide about a child's record, one for each: when it began, and its link.
pub(crate) fn parent(site: &str, links: &[(Timestamp, String)], locale: SiteLocale) -> Words {
    let links = list(links);
    let (subject, before, after) = match locale {
        SiteLocale::En => (
            format!("A child may have written to {site}: you decide"),
            "Hello,\n\nsomebody who may be a child in your care wrote to us with this address, or named you as their \
             parent. Here you decide what becomes of it; the date is the day it began:",
            "Each link works once, for 30 days. Without an answer to a record that we hold for you, it is erased. If \
             you have no child in your care, do nothing.",
        ),
        SiteLocale::Es => (
            format!("Puede que un menor haya escrito a {site}: decides tú"),
            "Hola:\n\nalguien que puede ser un menor a tu cargo nos escribió con esta dirección, o te nombró como \
             padre o madre. Aquí decides qué pasa con ello; la fecha es el día en que empezó:",
            "Cada enlace sirve una sola vez, durante 30 días. Sin respuesta, lo que guardamos para ti se borra. Si no \
             tienes un menor a tu cargo, no hagas nada.",
        ),
        SiteLocale::Ar => (
            format!("ربما كتب طفل إلى {site}: القرار لك"),
            "مرحبًا،\n\nكتب إلينا من قد يكون طفلًا في رعايتك مستخدمًا هذا العنوان، أو ذكر أنك أحد والديه. هنا تقرر ما \
             يحدث لما كتبه؛ التاريخ هو اليوم الذي بدأ فيه:",
            "يعمل كل رابط مرة واحدة خلال 30 يومًا. ومن دون رد يُمحى ما نحتفظ به من أجلك. إن لم يكن في رعايتك طفل، فلا \
             تفعل شيئًا.",
        ),
    };
    Words {
        subject,
        body: format!("{before}\n\n{links}\n\n{after}\n"),
    }
}

/// Somebody asks for something in the reader's name.
pub(crate) fn request_received(
    site: &str,
    kind: RequestKind,
    due_at: Timestamp,
    link: &str,
    locale: SiteLocale,
) -> Words {
    let (what, due) = (name(kind, locale), due_at.date());
    let (subject, body) = match locale {
        SiteLocale::En => (
            format!("Is this your request? {site} asks before it acts"),
            format!(
                "Hello,\n\n{site} received a request about your data: {what}. Say here whether it was you; if it \
                 was, it is done at once:\n\n{link}\n\nWithout your answer it is done by {due}. The link works \
                 once. If it was not you, say so there, and nothing is done.\n"
            ),
        ),
        SiteLocale::Es => (
            format!("¿Es tuya esta solicitud? {site} pregunta antes de actuar"),
            format!(
                "Hola:\n\n{site} recibió una solicitud sobre tus datos: {what}. Di aquí si fuiste tú; en ese caso \
                 se hace enseguida:\n\n{link}\n\nSin tu respuesta se hace a más tardar el {due}. El enlace sirve \
                 una sola vez. Si no fuiste tú, dilo allí y no se hará nada.\n"
            ),
        ),
        SiteLocale::Ar => (
            format!("هل هذا الطلب منك؟ يسأل {site} قبل أن يتصرف"),
            format!(
                "مرحبًا،\n\nتلقى {site} طلبًا بشأن بياناتك: {what}. أخبرنا هنا إن كنت أنت صاحبه؛ وعندها يُنفَّذ فورًا:\n\n\
                 {link}\n\nبدون ردك يُنفَّذ في موعد أقصاه {due}. يعمل الرابط مرة واحدة. إذا لم تكن أنت، فقل ذلك هناك \
                 ولن يحدث شيء.\n"
            ),
        ),
    };
    Words { subject, body }
}

/// A request takes longer.
pub(crate) fn request_extended(
    site: &str,
    kind: RequestKind,
    due_at: Timestamp,
    locale: SiteLocale,
) -> Words {
    let (what, due) = (name(kind, locale), due_at.date());
    let (subject, body) = match locale {
        SiteLocale::En => (
            format!("Your request to {site} takes longer"),
            format!(
                "Hello,\n\nyour request to {site} ({what}) is complex, or one of many, and takes longer than a \
                 month. It is done by {due}, at the latest. You may complain to a supervisory authority.\n"
            ),
        ),
        SiteLocale::Es => (
            format!("Tu solicitud a {site} tarda más"),
            format!(
                "Hola:\n\ntu solicitud a {site} ({what}) es compleja, o una de muchas, y tarda más de un mes. Se \
                 hace a más tardar el {due}. Puedes reclamar ante una autoridad de control.\n"
            ),
        ),
        SiteLocale::Ar => (
            format!("طلبك إلى {site} يستغرق وقتًا أطول"),
            format!(
                "مرحبًا،\n\nطلبك إلى {site} ({what}) معقد أو واحد من طلبات كثيرة، ويستغرق أكثر من شهر. يُنفَّذ في موعد \
                 أقصاه {due}. يحق لك تقديم شكوى إلى سلطة رقابية.\n"
            ),
        ),
    };
    Words { subject, body }
}

/// A request is done.
pub(crate) fn request_done(site: &str, kind: RequestKind, link: &str, locale: SiteLocale) -> Words {
    let what = name(kind, locale);
    let (subject, body) = match locale {
        SiteLocale::En => (
            format!("{site} did what you asked"),
            format!(
                "Hello,\n\nyour request to {site} is done: {what}. What is held about you, and the receipts, are \
                 here:\n\n{link}\n"
            ),
        ),
        SiteLocale::Es => (
            format!("{site} hizo lo que pediste"),
            format!(
                "Hola:\n\ntu solicitud a {site} está hecha: {what}. Lo que se guarda sobre ti y los recibos están \
                 aquí:\n\n{link}\n"
            ),
        ),
        SiteLocale::Ar => (
            format!("نفّذ {site} ما طلبته"),
            format!(
                "مرحبًا،\n\nنُفِّذ طلبك إلى {site}: {what}. تجد ما نحتفظ به عنك والإيصالات هنا:\n\n{link}\n"
            ),
        ),
    };
    Words { subject, body }
}

/// Data about the reader was released on a legal ground.
pub(crate) fn data_released(site: &str, link: &str, locale: SiteLocale) -> Words {
    let (subject, body) = match locale {
        SiteLocale::En => (
            format!("{site} released data about you on a legal ground"),
            format!(
                "Hello,\n\n{site} had to release data about you on a legal ground of its privacy policy. When and \
                 on which ground, and who of its people saw your data, is here:\n\n{link}\n"
            ),
        ),
        SiteLocale::Es => (
            format!("{site} entregó datos sobre ti por un motivo legal"),
            format!(
                "Hola:\n\n{site} tuvo que entregar datos sobre ti por un motivo legal de su política de privacidad. \
                 Cuándo y por qué motivo, y quién de su personal vio tus datos, está aquí:\n\n{link}\n"
            ),
        ),
        SiteLocale::Ar => (
            format!("أفصح {site} عن بيانات تخصك لسبب قانوني"),
            format!(
                "مرحبًا،\n\nاضطر {site} إلى الإفصاح عن بيانات تخصك لسبب قانوني من أسباب سياسة الخصوصية. تجد هنا متى ولأي \
                 سبب، ومن اطّلع من موظفيه على بياناتك:\n\n{link}\n"
            ),
        ),
    };
    Words { subject, body }
}

/// What is asked for, in the reader's language.
const fn name(kind: RequestKind, locale: SiteLocale) -> &'static str {
    match (kind, locale) {
        (RequestKind::Access, SiteLocale::En) => "to see what is held about you",
        (RequestKind::Correct, SiteLocale::En) => "to have your name or address put right",
        (RequestKind::Export, SiteLocale::En) => "to have a copy of your data",
        (RequestKind::Restrict, SiteLocale::En) => "that your data stays and is not used",
        (RequestKind::Object, SiteLocale::En) => "that one use of your data ends",
        (RequestKind::OptOut, SiteLocale::En) => "that no more letters come",
        (RequestKind::Erase, SiteLocale::En) => "to have everything about you erased",
        (RequestKind::Access, SiteLocale::Es) => "ver lo que se guarda sobre ti",
        (RequestKind::Correct, SiteLocale::Es) => "corregir tu nombre o tu dirección",
        (RequestKind::Export, SiteLocale::Es) => "recibir una copia de tus datos",
        (RequestKind::Restrict, SiteLocale::Es) => "que tus datos se guarden y no se usen",
        (RequestKind::Object, SiteLocale::Es) => "que termine un uso de tus datos",
        (RequestKind::OptOut, SiteLocale::Es) => "que no lleguen más cartas",
        (RequestKind::Erase, SiteLocale::Es) => "borrar todo lo que hay sobre ti",
        (RequestKind::Access, SiteLocale::Ar) => "الاطلاع على ما نحتفظ به عنك",
        (RequestKind::Correct, SiteLocale::Ar) => "تصحيح اسمك أو عنوانك",
        (RequestKind::Export, SiteLocale::Ar) => "الحصول على نسخة من بياناتك",
        (RequestKind::Restrict, SiteLocale::Ar) => "أن تبقى بياناتك دون استخدام",
        (RequestKind::Object, SiteLocale::Ar) => "إنهاء أحد استخدامات بياناتك",
        (RequestKind::OptOut, SiteLocale::Ar) => "ألا تصلك رسائل أخرى",
        (RequestKind::Erase, SiteLocale::Ar) => "محو كل ما نحتفظ به عنك",
    }
}
