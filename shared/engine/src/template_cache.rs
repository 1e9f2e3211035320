//! Compiled templates of the resends that a sender works on by turns.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use reinvite_domain::{Resend, ResendId};
use reinvite_mail::CompiledTemplate;
use reinvite_store::Store;

use crate::Error;

/// Templates in the cache: about as many as one sender has resends at a time.
const MAX_TEMPLATES: usize = 32;

/// Compiled templates by resend.
#[derive(Debug, Default)]
pub(crate) struct TemplateCache(Mutex<HashMap<ResendId, Arc<CompiledTemplate>>>);

impl TemplateCache {
    /// The compiled template of a resend, with its note.
    pub async fn get(
        &self,
        store: &Store,
        resend: &Resend,
    ) -> Result<Arc<CompiledTemplate>, Error> {
        if let Some(template) = self.templates().get(&resend.id) {
            return Ok(template.clone());
        }

        let variants = store.resend_inputs.template_variants(&resend.id).await?;
        let note = store.resend_inputs.note(resend).await?;
        let template = CompiledTemplate::new(variants).map_err(Error::Template)?;
        let template = Arc::new(template.with_note(note));

        let mut templates = self.templates();
        if templates.len() >= MAX_TEMPLATES {
            templates.clear();
        }
        templates.insert(resend.id.clone(), template.clone());
        Ok(template)
    }

    fn templates(&self) -> MutexGuard<'_, HashMap<ResendId, Arc<CompiledTemplate>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
