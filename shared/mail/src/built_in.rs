use std::collections::BTreeMap;
use std::sync::LazyLock;

use reinvite_domain::{Language, Template, TemplateId, Variant};

/// The templates that come with Reinvite, by id, in the shape of the organisation's own. Their version rises with every
/// change of a variant.
#[must_use]
pub fn built_in() -> &'static BTreeMap<TemplateId, Template> {
    static BUILT_IN: LazyLock<BTreeMap<TemplateId, Template>> =
        LazyLock::new(|| invitation().into_iter().map(|template| (template.id.clone(), template)).collect());
    &BUILT_IN
}

fn invitation() -> Option<Template> {
    let en = Variant {
        subject: include_str!("../templates/invitation/en/subject.txt").to_owned(),
        html: include_str!("../templates/invitation/en/invitation.html").to_owned(),
        text: include_str!("../templates/invitation/en/text.txt").to_owned(),
    };
    let ja = Variant {
        subject: include_str!("../templates/invitation/ja/subject.txt").to_owned(),
        html: include_str!("../templates/invitation/ja/invitation.html").to_owned(),
        text: include_str!("../templates/invitation/ja/text.txt").to_owned(),
    };
    let variants = [("en".parse().ok()?, en), ("ja".parse().ok()?, ja)].into();
    Some(Template { id: TemplateId::new("invitation").ok()?, name: "Invitation".into(), version: 1, variants })
}

/// The mail that tells an old address that it was changed. It is no template to invite with.
#[must_use]
pub fn address_changed() -> Vec<(Language, Variant)> {
    let en = Variant {
        subject: include_str!("../templates/address_changed/en/subject.txt").to_owned(),
        html: include_str!("../templates/address_changed/en/address_changed.html").to_owned(),
        text: include_str!("../templates/address_changed/en/text.txt").to_owned(),
    };
    let ja = Variant {
        subject: include_str!("../templates/address_changed/ja/subject.txt").to_owned(),
        html: include_str!("../templates/address_changed/ja/address_changed.html").to_owned(),
        text: include_str!("../templates/address_changed/ja/text.txt").to_owned(),
    };
    [("en", en), ("ja", ja)].into_iter().filter_map(|(tag, it)| Some((tag.parse().ok()?, it))).collect()
}
