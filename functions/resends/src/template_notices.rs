//! Notices about the template of a resend.

use std::collections::BTreeSet;

use reinvite_domain::{PasswordChange, User};
use reinvite_engine::SampleMails;
use reinvite_mail::{TemplateMarks, parts_without_login_link};
use reinvite_store::OperatorContext;

use crate::{notice::Notice, resend_draft::ResendDraft};

/// Recipients whose rendered mails are searched for a link to log in. Mails of one template differ
/// little.
const MAX_SEARCHED_MAILS: usize = 100;

/// The first users of a draft whose mails change no password: their mails are searched for a link to
/// log in.
pub fn searched_for_login_link<'a>(
    draft: &ResendDraft,
    users: impl Iterator<Item = &'a User>,
    context: &OperatorContext,
) -> Vec<&'a User> {
    let change_of = |user: &User| draft.passwords.for_user(user, context).0;
    users
        .filter(|user| change_of(user) == PasswordChange::Keep)
        .take(MAX_SEARCHED_MAILS)
        .collect()
}

/// The notices about the template of a draft, whose mails to the users in `searched` are searched for
/// a link to log in.
pub fn template_notices(
    draft: &ResendDraft,
    samples: &SampleMails,
    searched: &[&User],
) -> Vec<Notice> {
    let marks = TemplateMarks::find(&draft.template.variants);
    let notices = [
        no_login_link(draft, samples, searched),
        marks.map(|marks| Notice::template_marks(&marks)),
    ];
    notices.into_iter().flatten().collect()
}

/// The notice about mails that change no password and do not lead to the login page.
fn no_login_link(draft: &ResendDraft, samples: &SampleMails, searched: &[&User]) -> Option<Notice> {
    let (mut languages, mut parts) = (BTreeSet::new(), BTreeSet::new());
    for user in searched {
        let Some(Ok(mail)) = samples.render(user, PasswordChange::Keep) else {
            continue;
        };
        let lacking = parts_without_login_link(&mail, &draft.sender_profile.login_url);
        if !lacking.is_empty() {
            parts.extend(lacking);
            languages.insert(mail.language);
        }
    }
    (!parts.is_empty()).then(|| Notice::no_login_link(&languages, &parts))
}
