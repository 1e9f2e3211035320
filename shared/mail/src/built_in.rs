use std::collections::BTreeMap;
use std::sync::LazyLock;

use reinvite_domain::Language;

use crate::Template;

/// A template that comes with Reinvite, in the shape of the organisation's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// As `templateId` names it.
    pub id: &'static str,
    /// As the list of templates shows it.
    pub name: &'static str,
    /// Rises with every change of a variant: a resend keeps the version it was made with.
    pub version: u32,
    /// Variants by language, as BCP 47 tags.
    pub variants: BTreeMap<&'static str, Template>,
}

/// The built-in templates by id.
#[must_use]
pub fn built_in() -> &'static BTreeMap<&'static str, BuiltIn> {
    static BUILT_IN: LazyLock<BTreeMap<&str, BuiltIn>> =
        LazyLock::new(|| BTreeMap::from([("invitation", invitation())]));
    &BUILT_IN
}

fn invitation() -> BuiltIn {
    let en = Template {
        subject: include_str!("../templates/invitation/en/subject.txt").to_owned(),
        html: include_str!("../templates/invitation/en/invitation.html").to_owned(),
        text: include_str!("../templates/invitation/en/text.txt").to_owned(),
    };
    let ja = Template {
        subject: include_str!("../templates/invitation/ja/subject.txt").to_owned(),
        html: include_str!("../templates/invitation/ja/invitation.html").to_owned(),
        text: include_str!("../templates/invitation/ja/text.txt").to_owned(),
    };
    BuiltIn { id: "invitation", name: "Invitation", version: 1, variants: BTreeMap::from([("en", en), ("ja", ja)]) }
}

/// The mail that tells an old address that it was changed. It is no template to invite with.
#[must_use]
pub fn address_changed() -> Vec<(Language, Template)> {
    let en = Template {
        subject: include_str!("../templates/address_changed/en/subject.txt").to_owned(),
        html: include_str!("../templates/address_changed/en/address_changed.html").to_owned(),
        text: include_str!("../templates/address_changed/en/text.txt").to_owned(),
    };
    let ja = Template {
        subject: include_str!("../templates/address_changed/ja/subject.txt").to_owned(),
        html: include_str!("../templates/address_changed/ja/address_changed.html").to_owned(),
        text: include_str!("../templates/address_changed/ja/text.txt").to_owned(),
    };
    [("en", en), ("ja", ja)].into_iter().filter_map(|(tag, it)| Some((tag.parse().ok()?, it))).collect()
}
