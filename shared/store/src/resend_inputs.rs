//! The inputs of a resend, fixed at its creation: the ids of its selection, password changes chosen
//! for single users, the note, and the template.

use std::collections::BTreeMap;

use reinvite_domain::{Language, Note, PasswordChange, Resend, ResendId, UserId, Variant};
use serde::{Deserialize, Serialize};

use crate::{Error, keys, table::Table};

/// Ids of one item: at most 64 KB.
pub(crate) const IDS_PER_ITEM: usize = 1_000;

/// The inputs of resends.
#[derive(Clone, Debug)]
pub struct ResendInputs(pub(crate) Table);

/// A part of the ids of a selection.
#[derive(Serialize, Deserialize)]
pub(crate) struct SelectionPart {
    pub ids: Vec<UserId>,
}

/// A part of the password changes that were chosen for single users.
#[derive(Serialize, Deserialize)]
pub(crate) struct ChoicesPart {
    pub choices: BTreeMap<UserId, PasswordChange>,
}

/// The note of a resend.
#[derive(Serialize, Deserialize)]
pub(crate) struct NoteItem {
    pub note: Note,
}

/// A language variant of the template, with its sort key.
#[derive(Deserialize)]
struct SnapshotItem {
    sk: String,
    subject: String,
    html: String,
    text: String,
}

impl ResendInputs {
    /// Reads the ids of a resend's selection, or the ids that its filter leaves out, in order.
    pub async fn selected_ids(&self, id: &ResendId) -> Result<Vec<UserId>, Error> {
        let parts: Vec<SelectionPart> = self.0.query_all(id.as_str(), keys::SELECTION).await?;
        Ok(parts.into_iter().flat_map(|part| part.ids).collect())
    }

    /// Reads the password changes that were chosen for single users.
    pub async fn password_choices(
        &self,
        resend: &Resend,
    ) -> Result<BTreeMap<UserId, PasswordChange>, Error> {
        if !resend.has_choices {
            return Ok(BTreeMap::new());
        }
        let parts: Vec<ChoicesPart> = self.0.query_all(resend.id.as_str(), keys::CHOICES).await?;
        Ok(parts.into_iter().flat_map(|part| part.choices).collect())
    }

    /// Reads a part of the password changes that were chosen for single users, in the order of the
    /// users; `None` after the last part.
    pub async fn password_choices_part(
        &self,
        resend: &ResendId,
        part: usize,
    ) -> Result<Option<BTreeMap<UserId, PasswordChange>>, Error> {
        let stored: Option<ChoicesPart> = self.0.get(&keys::choices(resend, part)).await?;
        Ok(stored.map(|stored| stored.choices))
    }

    /// Reads the note of a resend; `None` for a resend without one.
    pub async fn note(&self, resend: &Resend) -> Result<Option<Note>, Error> {
        if !resend.has_note {
            return Ok(None);
        }
        let stored: Option<NoteItem> = self.0.get(&keys::note(&resend.id)).await?;
        Ok(stored.map(|stored| stored.note))
    }

    /// Reads the language variants of the template as the resend took it.
    pub async fn template_variants(
        &self,
        id: &ResendId,
    ) -> Result<BTreeMap<Language, Variant>, Error> {
        let items: Vec<SnapshotItem> = self.0.query_all(id.as_str(), keys::SNAPSHOT).await?;
        items.into_iter().map(variant).collect()
    }
}

fn variant(item: SnapshotItem) -> Result<(Language, Variant), Error> {
    let language = item
        .sk
        .strip_prefix(keys::SNAPSHOT)
        .and_then(|tag| Language::try_from(tag.to_owned()).ok())
        .ok_or_else(|| Error::Corrupt {
            kind: "template snapshot",
            reason: "its sort key names no language".into(),
        })?;
    let variant = Variant {
        subject: item.subject,
        html: item.html,
        text: item.text,
        text_made: false,
    };
    Ok((language, variant))
}
