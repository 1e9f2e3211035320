//! The skeletons of a variant: a mail is rendered once with stand-ins and then filled for each recipient.
//!
//! The mails of a resend differ in a few texts, such as the name of the recipient. A skeleton is what
//! they share. It is rendered and checked as a mail is, and the texts are put in later, escaped as the
//! engine escapes them. A mail that is filled is equal to one that is rendered anew, to the byte.
//!
//! A template may ask whether a text is there or empty, so a skeleton is good for the mails that agree
//! on that, and on everything else that the template reads.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::value::Value;
use reinvite_domain::PasswordChange;

use crate::compiled_part::CompiledPart;
use crate::html::is_link_address;
use crate::part_skeleton::PartSkeleton;
use crate::password_part::PasswordPart;
use crate::placeholder::WithheldSecret;
use crate::recipient_values::{Presence, RecipientValues};
use crate::template_values::TemplateValues;

/// Most shapes of mails that a variant remembers. A mail of a further shape is rendered anew.
const MAX_SKELETONS: usize = 64;

/// Everything that a mail depends on, but for the texts that differ between recipients.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    organisation: String,
    operator: String,
    login_url: String,
    note: String,
    /// The number of the invitation, if the template reads it.
    attempt: Option<u32>,
    change: PasswordChange,
    presences: Vec<Presence>,
}

/// The parts of a mail that are filled. A part without a skeleton is rendered for each recipient.
pub(crate) struct Skeleton {
    pub subject: Option<PartSkeleton>,
    pub html: Option<PartSkeleton>,
    pub text: Option<PartSkeleton>,
}

/// A shape that mails of a variant had.
enum Known {
    /// One mail had it. A skeleton for a single mail would cost more than it saves.
    Once,
    /// Several mails had it.
    Repeated(Arc<Skeleton>),
}

/// The skeletons of a variant by shape.
pub(crate) struct Skeletons {
    /// The attributes of a user that the variant reads.
    attributes: BTreeSet<String>,
    reads_attempt: bool,
    known: Mutex<HashMap<Shape, Known>>,
}

impl Skeleton {
    /// Renders the parts of a variant with stand-ins for the texts of a recipient.
    pub(crate) fn new(
        [subject, html, text]: [&CompiledPart; 3],
        for_engine: &Value,
        recipient: &RecipientValues<'_>,
        secret: Option<WithheldSecret<'_>>,
    ) -> Self {
        let render = |part| PartSkeleton::new(part, for_engine, recipient, secret);
        Self {
            subject: render(subject),
            html: render(html),
            text: render(text),
        }
    }
}

impl Skeletons {
    /// The skeletons of a variant with these parts; `None` if each of them computes with the texts of
    /// recipients.
    pub(crate) fn of_parts(parts: [&CompiledPart; 3]) -> Option<Self> {
        let copies = |part: &&CompiledPart| part.value_use().only_copies;
        let attributes = parts.iter().flat_map(|part| part.attributes().clone());

        parts.iter().any(copies).then(|| Self {
            attributes: attributes.collect(),
            reads_attempt: parts.iter().any(|part| part.value_use().reads_attempt),
            known: Mutex::default(),
        })
    }

    /// The texts of a recipient; `None` for a mail that must be rendered anew.
    pub(crate) fn recipient<'a>(
        &'a self,
        values: &'a TemplateValues,
    ) -> Option<RecipientValues<'a>> {
        // The rules for links look at the link itself.
        let is_judged_alike = match &values.password_change {
            PasswordPart::SetLink { invitation_url, .. } => is_link_address(invitation_url),
            PasswordPart::Keep | PasswordPart::Temporary { .. } => true,
        };

        is_judged_alike
            .then(|| RecipientValues::new(values, &self.attributes))
            .flatten()
    }

    /// The shape of a mail.
    pub(crate) fn shape(&self, values: &TemplateValues, recipient: &RecipientValues<'_>) -> Shape {
        Shape {
            organisation: values.organisation.name.clone(),
            operator: values.operator.name.clone(),
            login_url: values.login_url.clone(),
            note: values.note.clone(),
            attempt: self.reads_attempt.then_some(values.attempt),
            change: values.password_change.change(),
            presences: recipient.presences(),
        }
    }

    /// Finds the skeleton for a shape, or makes it for the second mail that has the shape.
    pub(crate) fn find_or_make(
        &self,
        shape: Shape,
        make: impl FnOnce() -> Skeleton,
    ) -> Option<Arc<Skeleton>> {
        {
            let mut known = self.known();
            match known.get(&shape) {
                Some(Known::Repeated(skeleton)) => return Some(Arc::clone(skeleton)),
                Some(Known::Once) => {}
                None if known.len() < MAX_SKELETONS => {
                    known.insert(shape, Known::Once);
                    return None;
                }
                None => return None,
            }
        }

        let skeleton = Arc::new(make());
        let kept = Known::Repeated(Arc::clone(&skeleton));
        self.known().insert(shape, kept);
        Some(skeleton)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Shape, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows nothing of the mails: names belong in no log.
impl fmt::Debug for Skeletons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Skeletons").finish_non_exhaustive()
    }
}
