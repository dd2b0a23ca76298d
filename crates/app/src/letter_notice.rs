//! The words of letters about the policy to whoever asks for them.
//!
//! Must not know: addresses.

use domain::SiteLocale;
use mail::OptInWords;

use crate::letter_text::{VersionWords, Words};

/// "Is this your wish?": the one letter before it is confirmed.
pub(crate) fn confirm(site: &str, link: &str, locale: SiteLocale) -> Words {
    let (subject, body) = match locale {
        SiteLocale::En => (
            format!("Letters about the privacy policy of {site}?"),
            format!(
                "Hello,\n\nsomebody, probably you, asked to hear by letter when the privacy policy of {site} \
                 changes. If you want that, confirm it:\n\n{link}\n\nThe link works once, for 30 days. If it \
                 was not you, do nothing: no letter follows, and the address is forgotten.\n"
            ),
        ),
        SiteLocale::Es => (
            format!("¿Cartas sobre la política de privacidad de {site}?"),
            format!(
                "Hola:\n\nalguien, seguramente tú, pidió recibir una carta cuando cambie la política de \
                 privacidad de {site}. Si lo quieres, confírmalo:\n\n{link}\n\nEl enlace sirve una sola vez, \
                 durante 30 días. Si no fuiste tú, no hagas nada: no llegará ninguna otra carta y la dirección \
                 se olvida.\n"
            ),
        ),
        SiteLocale::Ar => (
            format!("رسائل عن سياسة الخصوصية لدى {site}؟"),
            format!(
                "مرحبًا،\n\nطلب أحدهم، وربما أنت، أن تصله رسالة عندما تتغير سياسة الخصوصية لدى {site}. إذا أردت \
                 ذلك، فأكّده:\n\n{link}\n\nيعمل الرابط مرة واحدة خلال 30 يومًا. إذا لم تكن أنت، فلا تفعل شيئًا: لن \
                 تصل رسالة أخرى، ويُنسى العنوان.\n"
            ),
        ),
    };
    Words { subject, body }
}

/// A version that changes something that matters.
pub(crate) fn version(said: &VersionWords, locale: SiteLocale) -> OptInWords {
    let list = said.list();
    let VersionWords {
        controller,
        version,
        date,
        url,
        ..
    } = said;
    let (subject, body, stop) = match locale {
        SiteLocale::En => (
            format!("The privacy policy of {controller} changes on {date}"),
            format!(
                "Hello,\n\nversion {version} of the privacy policy of {controller} takes effect on {date}. What \
                 changes:\n\n{list}\n\nEverything, side by side:\n\n{url}\n\nYou asked for this letter. It comes \
                 once for each version that changes something that matters."
            ),
            "No more of these letters, with one click:",
        ),
        SiteLocale::Es => (
            format!("La política de privacidad de {controller} cambia el {date}"),
            format!(
                "Hola:\n\nla versión {version} de la política de privacidad de {controller} se aplica desde el \
                 {date}. Qué cambia:\n\n{list}\n\nTodo, lado a lado:\n\n{url}\n\nPediste esta carta. Llega una vez \
                 por cada versión que cambia algo importante."
            ),
            "No recibir más estas cartas, con un clic:",
        ),
        SiteLocale::Ar => (
            format!("تتغير سياسة الخصوصية لدى {controller} في {date}"),
            format!(
                "مرحبًا،\n\nيسري الإصدار {version} من سياسة الخصوصية لدى {controller} اعتبارًا من {date}. ما الذي \
                 يتغير:\n\n{list}\n\nكل شيء جنبًا إلى جنب:\n\n{url}\n\nأنت طلبت هذه الرسالة. تصل مرة واحدة لكل إصدار \
                 يغيّر شيئًا مهمًا."
            ),
            "لا مزيد من هذه الرسائل، بنقرة واحدة:",
        ),
    };
    OptInWords {
        subject,
        body,
        stop: stop.to_owned(),
    }
}
