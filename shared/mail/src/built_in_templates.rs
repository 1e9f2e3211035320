use std::collections::BTreeMap;
use std::sync::LazyLock;

use reinvite_domain::{Language, Template, TemplateId, Variant};

/// Reads the sources of a mail in one language from `templates/`.
macro_rules! variant {
    ($name:literal, $language:literal) => {
        Variant {
            subject: include_str!(concat!(
                "../templates/",
                $name,
                "/",
                $language,
                "/subject.txt"
            ))
            .to_owned(),
            html: include_str!(concat!(
                "../templates/",
                $name,
                "/",
                $language,
                "/",
                $name,
                ".html"
            ))
            .to_owned(),
            text: include_str!(concat!("../templates/", $name, "/", $language, "/text.txt"))
                .to_owned(),
            text_made: false,
        }
    };
}

/// The templates that come with Reinvite, by id, in the shape of an organisation's own templates.
///
/// The version of a template rises with every change of a variant.
#[must_use]
pub fn built_in_templates() -> &'static BTreeMap<TemplateId, Template> {
    static BUILT_IN: LazyLock<BTreeMap<TemplateId, Template>> = LazyLock::new(|| {
        invitation()
            .into_iter()
            .map(|template| (template.id.clone(), template))
            .collect()
    });
    &BUILT_IN
}

fn invitation() -> Option<Template> {
    let variants = by_language([
        ("en", variant!("invitation", "en")),
        ("ja", variant!("invitation", "ja")),
    ]);

    Some(Template {
        id: TemplateId::new("invitation").ok()?,
        name: "Invitation".into(),
        version: 3,
        variants: variants.collect(),
    })
}

/// The notice to a user's old address that the address was changed. It is no invitation template.
#[must_use]
pub fn address_changed_variants() -> Vec<(Language, Variant)> {
    by_language([
        ("en", variant!("address_changed", "en")),
        ("ja", variant!("address_changed", "ja")),
    ])
    .collect()
}

/// The mail with a new link for a user who asked for it. It is no invitation template.
#[must_use]
pub fn renewal_variants() -> Vec<(Language, Variant)> {
    by_language([
        ("en", variant!("renewal", "en")),
        ("ja", variant!("renewal", "ja")),
    ])
    .collect()
}

/// The mail to an operator about an event of a resend. It has variables of its own: see
/// [`ResendNotice`](crate::ResendNotice).
pub(crate) fn resend_notice_variants() -> BTreeMap<Language, Variant> {
    by_language([
        ("en", variant!("resend_notice", "en")),
        ("ja", variant!("resend_notice", "ja")),
    ])
    .collect()
}

fn by_language<const N: usize>(
    variants: [(&str, Variant); N],
) -> impl Iterator<Item = (Language, Variant)> {
    variants
        .into_iter()
        .filter_map(|(tag, variant)| Some((tag.parse().ok()?, variant)))
}
