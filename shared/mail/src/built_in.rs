use std::collections::BTreeMap;
use std::sync::LazyLock;

use reinvite_domain::{Language, Template, TemplateId, Variant};

/// The templates that come with Reinvite, by id, in the shape of the organisation's own. Their version rises with every
/// change of a variant.
#[must_use]
pub fn built_in() -> &'static BTreeMap<TemplateId, Template> {
    static BUILT_IN: LazyLock<BTreeMap<TemplateId, Template>> = LazyLock::new(|| {
        invitation()
            .into_iter()
            .map(|template| (template.id.clone(), template))
            .collect()
    });
    &BUILT_IN
}

/// The sources of a mail in one language.
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
        }
    };
}

fn invitation() -> Option<Template> {
    let variants = languages([
        ("en", variant!("invitation", "en")),
        ("ja", variant!("invitation", "ja")),
    ])
    .collect();
    Some(Template {
        id: TemplateId::new("invitation").ok()?,
        name: "Invitation".into(),
        version: 2,
        variants,
    })
}

/// The mail that tells an old address that it was changed. It is no template to invite with.
#[must_use]
pub fn address_changed() -> Vec<(Language, Variant)> {
    languages([
        ("en", variant!("address_changed", "en")),
        ("ja", variant!("address_changed", "ja")),
    ])
    .collect()
}

/// The mail with a new link for who asked for one. It is no template to invite with.
#[must_use]
pub fn renewal() -> Vec<(Language, Variant)> {
    languages([
        ("en", variant!("renewal", "en")),
        ("ja", variant!("renewal", "ja")),
    ])
    .collect()
}

fn languages<const N: usize>(
    variants: [(&str, Variant); N],
) -> impl Iterator<Item = (Language, Variant)> {
    variants
        .into_iter()
        .filter_map(|(tag, it)| Some((tag.parse().ok()?, it)))
}
