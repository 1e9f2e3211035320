//! The texts of a mail that differ between the recipients of a resend, by number.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Value;

use crate::characters::single_line;
use crate::password_part::PasswordPart;
use crate::stand_ins::stand_in;
use crate::template_values::TemplateValues;

/// The variable for the expiry of a link or of a temporary password.
const EXPIRES_AT: &str = "expires_at";

/// A text of a recipient, as far as a template may ask for it without computing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Presence {
    /// The recipient lacks it.
    Absent,
    /// It is empty.
    Empty,
    /// It holds something.
    Present,
}

/// The texts of one recipient, as a template reads them.
pub(crate) struct RecipientValues<'a> {
    /// Name, login id, address, expiry, and then the attributes. `None` for one that is absent.
    texts: Vec<Option<Cow<'a, str>>>,
    attributes: &'a BTreeSet<String>,
}

impl<'a> RecipientValues<'a> {
    /// Reads the texts of a recipient, with these attributes. Returns `None` if the expiry holds
    /// characters that a mail does not keep as they are.
    pub(crate) fn new(
        values: &'a TemplateValues,
        attributes: &'a BTreeSet<String>,
    ) -> Option<Self> {
        let user = &values.user;
        let expires_at = match &values.password_change {
            PasswordPart::Keep => None,
            PasswordPart::SetLink { expires_at, .. }
            | PasswordPart::Temporary { expires_at, .. } => Some(&**expires_at),
        };
        if expires_at.is_some_and(|text| single_line(text) != text) {
            return None;
        }

        let fixed = [
            Some(&*user.name),
            Some(&*user.login_id),
            Some(&*user.email),
            expires_at,
        ];
        let free = attributes
            .iter()
            .map(|name| user.attributes.get(name).map(String::as_str));
        Some(Self {
            texts: fixed
                .into_iter()
                .chain(free)
                .map(|text| text.map(single_line))
                .collect(),
            attributes,
        })
    }

    /// The text with a number; empty for one that is absent.
    pub(crate) fn text(&self, number: usize) -> &str {
        let text = self.texts.get(number).and_then(Option::as_deref);
        text.unwrap_or_default()
    }

    /// The length of the longest text in bytes.
    pub(crate) fn longest(&self) -> usize {
        let lengths = self.texts.iter().flatten().map(|text| text.len());
        lengths.max().unwrap_or_default()
    }

    /// Which of the texts are there.
    pub(crate) fn presences(&self) -> Vec<Presence> {
        self.texts
            .iter()
            .map(|text| match text.as_deref() {
                None => Presence::Absent,
                Some("") => Presence::Empty,
                Some(_) => Presence::Present,
            })
            .collect()
    }

    /// Puts stand-ins in place of the texts into the values for the engine. They are numbered from
    /// `first`. An empty text stays empty, so that a template sees it.
    pub(crate) fn with_stand_ins(&self, for_engine: &Value, first: usize) -> Value {
        let stand_in_for = |number: usize| {
            let text = self.texts.get(number)?.as_deref()?;
            let is_empty = text.is_empty();
            Some(Value::from(if is_empty {
                String::new()
            } else {
                stand_in(first + number)
            }))
        };
        let [name, login_id, email, expires_at] = [0, 1, 2, 3].map(stand_in_for);

        let attributes: BTreeMap<_, _> = self
            .attributes
            .iter()
            .enumerate()
            .filter_map(|(at, attribute)| Some((attribute.clone(), stand_in_for(at + 4)?)))
            .collect();
        let user = [
            ("name", name),
            ("login_id", login_id),
            ("email", email),
            ("attributes", Some(Value::from(attributes))),
        ];
        let user: BTreeMap<_, _> = user
            .into_iter()
            .filter_map(|(field, value)| Some((field, value?)))
            .collect();

        let mut values: BTreeMap<String, Value> = for_engine
            .try_iter()
            .into_iter()
            .flatten()
            .filter_map(|key| Some((key.to_string(), for_engine.get_item(&key).ok()?)))
            .collect();
        values.insert("user".to_owned(), Value::from(user));
        if let Some(expires_at) = expires_at {
            values.insert(EXPIRES_AT.to_owned(), expires_at);
        }
        Value::from(values)
    }
}
