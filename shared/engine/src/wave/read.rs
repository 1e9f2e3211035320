//! Reads everything that decides about a wave, as it is now.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures::try_join;
use reinvite_domain::{Attributes, EarlierLinks, LinkGenerations, ResendState, User, UserId};
use reinvite_mail::CompiledTemplate;
use reinvite_store::{OperatorContext, ResendContext};

use super::{AttemptPolicy, Wave};
use crate::Error;

/// The facts about a wave.
pub(super) struct WaveFacts {
    /// The responsible operator.
    pub context: OperatorContext,
    /// The users who exist.
    pub users: HashMap<UserId, User>,
    /// Suppressed addresses, case folded.
    pub suppressed: HashSet<String>,
    /// The attributes of users; empty if no mail reads them.
    pub attributes: HashMap<UserId, Attributes>,
    /// The template of the resend.
    pub template: Arc<CompiledTemplate>,
    /// The link generations of users; empty if no mail has or ends a link.
    pub links: HashMap<UserId, LinkGenerations>,
    /// Whether waves of the resend had no answer of SES before this one.
    pub was_unanswered: bool,
}

impl WaveFacts {
    pub fn user_of(&self, id: &UserId) -> Option<&User> {
        self.users.get(id)
    }

    pub fn is_suppressed(&self, user: Option<&User>) -> bool {
        user.is_some_and(|user| user.is_suppressed(&self.suppressed))
    }

    pub fn links_of(&self, id: &UserId) -> LinkGenerations {
        self.links.get(id).cloned().unwrap_or_default()
    }
}

impl Wave<'_> {
    /// Reads the facts; `None` if the resend is not being sent any more.
    pub(super) async fn read(&self) -> Result<Option<WaveFacts>, Error> {
        let (store, resend) = (self.engine.store(), self.resend);
        let users = self.recipients.iter().map(|recipient| &recipient.user_id);
        let now = self.engine.clock().now();
        let (context, template) = try_join!(
            async {
                let context = store.context_of_resend(resend, users, now);
                Ok::<_, Error>(context.await?)
            },
            self.engine.templates.get(store, resend),
        )?;
        let ResendContext {
            operator: context,
            users,
            resend: current,
        } = context;
        let Some(current) = current.filter(|current| current.state == ResendState::Sending) else {
            return Ok(None);
        };

        let addresses = users.values().filter_map(|user| user.email.as_ref());
        let (links, suppressed) = store
            .links
            .get_with_suppressed(&resend.organisation, self.users_with_links(), addresses)
            .await?;
        let attributes = self.read_attributes(&users, &template).await?;
        Ok(Some(WaveFacts {
            context,
            attributes,
            users,
            suppressed,
            template,
            links,
            was_unanswered: current.unanswered_waves > 0,
        }))
    }

    /// Reads the attributes of users, if their mails read any that are not stored with the recipient.
    async fn read_attributes(
        &self,
        users: &HashMap<UserId, User>,
        template: &CompiledTemplate,
    ) -> Result<HashMap<UserId, Attributes>, Error> {
        if self.policy != AttemptPolicy::First || !template.reads_attributes() {
            return Ok(HashMap::new());
        }
        let attributes = &self.engine.store().user_attributes;
        let organisation = &self.resend.organisation;
        Ok(attributes.of_users(organisation, users.values()).await?)
    }

    /// The users whose links matter: none if no mail has or ends a link.
    fn users_with_links(&self) -> impl Iterator<Item = &UserId> {
        let has_secrets = self
            .recipients
            .iter()
            .any(|recipient| !recipient.password_change.is_keep());
        let ends_links =
            self.policy == AttemptPolicy::First && self.resend.earlier_links == EarlierLinks::End;
        let matters = self.engine.passwords.is_some() && (has_secrets || ends_links);
        let recipients = self.recipients.iter().filter(move |_| matters);
        recipients.map(|recipient| &recipient.user_id)
    }
}
