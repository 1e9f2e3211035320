//! The table layout: the key of every kind of item.
//!
//! `docs/data-model.md` lists the attributes and indexes. An id contains no `#`, so that no key
//! reads as another.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, Utc};
use reinvite_domain::{
    AuditId, EmailAddress, GroupId, InvitationList, Language, OrganisationId, OutboxKey, ResendId,
    ResendState, TemplateId, UserId,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::attribute::text;

/// The key of an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }

    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        self.clone().into_attributes()
    }

    pub fn into_attributes(self) -> HashMap<String, AttributeValue> {
        [
            ("pk".to_string(), text(self.pk)),
            ("sk".to_string(), text(self.sk)),
        ]
        .into()
    }
}

/// Sorts before every id: the sort key of an item that stands for a whole partition.
const BEFORE_IDS: &str = "#";

// The table `Directory`: organisations, groups, users, templates and credentials.

pub(crate) const ORGANISATION: &str = "organisation";

pub(crate) fn organisation(id: &OrganisationId) -> Key {
    Key::new(id.as_str(), ORGANISATION)
}

pub(crate) fn groups(organisation: &OrganisationId) -> String {
    format!("{organisation}#groups")
}

pub(crate) fn group(organisation: &OrganisationId, id: &GroupId) -> Key {
    Key::new(groups(organisation), id.as_str())
}

pub(crate) fn group_tree_version(organisation: &OrganisationId) -> Key {
    Key::new(groups(organisation), BEFORE_IDS)
}

/// The kept member count of a group.
pub(crate) fn member_count(organisation: &OrganisationId, group: &GroupId) -> Key {
    Key::new(format!("{organisation}#counts"), group.as_str())
}

/// The partition of groups, of every organisation, whose members are to be counted. No organisation
/// has an empty id.
pub(crate) const DUE_COUNTS: &str = "#counts";

pub(crate) fn due_count(minute: i64, organisation: &OrganisationId, group: &GroupId) -> Key {
    Key::new(DUE_COUNTS, format!("{minute:010}#{organisation}#{group}"))
}

/// The partition of users, of every organisation, whose entries in lists are to be finished.
pub(crate) const UNFINISHED_LISTS: &str = "#lists";

pub(crate) fn unfinished_lists(organisation: &OrganisationId, user: &UserId) -> Key {
    Key::new(UNFINISHED_LISTS, format!("{organisation}#{user}"))
}

/// The partition of groups, of every organisation, that were moved.
pub(crate) const MOVED_GROUPS: &str = "#moves";

pub(crate) fn moved_group(organisation: &OrganisationId, group: &GroupId, version: u64) -> Key {
    Key::new(MOVED_GROUPS, format!("{organisation}#{group}#{version}"))
}

/// Sort key of a user's item.
pub(crate) const USER: &str = "user";

pub(crate) fn user(organisation: &OrganisationId, id: &UserId) -> Key {
    Key::new(format!("{organisation}#user#{id}"), USER)
}

/// The attributes of a user, beside the user.
pub(crate) fn attributes(organisation: &OrganisationId, user: &UserId) -> Key {
    Key::new(format!("{organisation}#user#{user}"), "attributes")
}

pub(crate) fn subject(organisation: &OrganisationId, subject: &str) -> Key {
    Key::new(format!("{organisation}#subject#{subject}"), "subject")
}

pub(crate) fn owners(organisation: &OrganisationId) -> String {
    format!("{organisation}#owners")
}

pub(crate) fn owner(organisation: &OrganisationId, id: &UserId) -> Key {
    Key::new(owners(organisation), id.as_str())
}

pub(crate) fn owners_version(organisation: &OrganisationId) -> Key {
    Key::new(owners(organisation), BEFORE_IDS)
}

/// The partition of a user list: of one group, or of the whole organisation.
pub(crate) fn user_list(organisation: &OrganisationId, group: Option<&GroupId>) -> String {
    match group {
        None => format!("{organisation}#members"),
        Some(group) => format!("{organisation}#members#{group}"),
    }
}

/// The partition of the login ids that have another case or width than this one, which is folded.
pub(crate) fn login_id_variants(organisation: &OrganisationId, folded: &str) -> String {
    format!("{organisation}#logins#{folded}")
}

/// The partition of the users who have an address, case folded.
pub(crate) fn address(organisation: &OrganisationId, folded: &str) -> String {
    format!("{organisation}#address#{folded}")
}

/// The suppression of an address, case folded.
pub(crate) fn suppression(organisation: &OrganisationId, folded: &str) -> Key {
    Key::new(format!("{organisation}#suppressed#{folded}"), "suppressed")
}

/// The partition of the index `Listed` with the suppressed addresses, each at the place of its own name.
pub(crate) fn suppressions(organisation: &OrganisationId) -> String {
    format!("{organisation}#suppressed")
}

/// The key by which ids stand for suppressed addresses.
pub(crate) fn suppression_key(organisation: &OrganisationId) -> Key {
    Key::new(suppressions(organisation), "key")
}

pub(crate) fn templates(organisation: &OrganisationId) -> String {
    format!("{organisation}#templates")
}

pub(crate) fn template(organisation: &OrganisationId, id: &TemplateId) -> Key {
    Key::new(templates(organisation), id.as_str())
}

pub(crate) fn template_versions(organisation: &OrganisationId, id: &TemplateId) -> String {
    format!("{organisation}#template#{id}")
}

pub(crate) fn template_version(
    organisation: &OrganisationId,
    id: &TemplateId,
    version: u32,
) -> Key {
    Key::new(
        template_versions(organisation, id),
        format!("{version:010}"),
    )
}

/// Begins the partition key of every user's credentials and of every link, and no other key of `Directory`: the policies
/// of the functions tell credentials from other items by it. No organisation has an empty id.
pub const CREDENTIALS_PREFIX: &str = "#credentials#";

/// The partition of a user's credentials, apart from the user: IAM keeps it from a function that must
/// not see it, and link generations outlive the user.
pub(crate) fn credentials(organisation: &OrganisationId, user: &UserId) -> String {
    format!("{CREDENTIALS_PREFIX}{organisation}#{user}")
}

/// Sort key of a user's link generations.
pub(crate) const LINKS: &str = "links";

pub(crate) fn links(organisation: &OrganisationId, user: &UserId) -> Key {
    Key::new(credentials(organisation, user), LINKS)
}

/// The user whose credentials a partition has.
pub(crate) fn user_of_credentials(organisation: &OrganisationId, pk: &str) -> Option<UserId> {
    let of_organisation = pk
        .strip_prefix(CREDENTIALS_PREFIX)?
        .strip_prefix(organisation.as_str())?;
    UserId::new(of_organisation.strip_prefix('#')?).ok()
}

/// The partition of the index `Listed` with the invitations that were used, or with all others.
pub(crate) fn invitations(organisation: &OrganisationId, list: InvitationList) -> String {
    let list: &str = list.into();
    format!("{organisation}#invitations#{list}")
}

/// The place of a user in the index `Listed`, by login id. No login id contains a control character.
pub(crate) fn invitation_place(login_id: &str, user: &UserId) -> String {
    format!("{login_id}\u{1}{user}")
}

/// The login id and the user of a place in the index `Listed`.
pub(crate) fn of_invitation_place(place: &str) -> Option<(String, UserId)> {
    let (login_id, user) = place.split_once('\u{1}')?;
    Some((login_id.to_owned(), UserId::new(user).ok()?))
}

/// Sort key of the credential a user has.
pub(crate) const CURRENT: &str = "current";

pub(crate) fn current_credential(organisation: &OrganisationId, user: &UserId) -> Key {
    Key::new(credentials(organisation, user), CURRENT)
}

pub(crate) fn pending_credential(
    organisation: &OrganisationId,
    user: &UserId,
    resend: &ResendId,
) -> Key {
    Key::new(credentials(organisation, user), format!("pending#{resend}"))
}

/// The record of a link, by the digest of its token. No organisation has an empty id, so it is in no
/// user's partition.
pub(crate) fn link_record(digest: &str) -> Key {
    Key::new(format!("{CREDENTIALS_PREFIX}#{digest}"), "link")
}

// The table `Resends`: resends with their recipients, the audit trail, limits and the pace.

pub(crate) const RESEND: &str = "resend";

pub(crate) fn resend(id: &ResendId) -> Key {
    Key::new(id.as_str(), RESEND)
}

/// The partition of the index `ByState`.
pub(crate) fn organisation_state(organisation: &OrganisationId, state: ResendState) -> String {
    format!("{organisation}#{}", state.name())
}

/// Ids of a resend's selection, in parts.
pub(crate) const SELECTION: &str = "selection#";

pub(crate) fn selection(resend: &ResendId, part: usize) -> Key {
    Key::new(resend.as_str(), format!("{SELECTION}{part:02}"))
}

/// Password changes chosen for single users, in parts.
pub(crate) const CHOICES: &str = "choices#";

pub(crate) fn choices(resend: &ResendId, part: usize) -> Key {
    Key::new(resend.as_str(), format!("{CHOICES}{part:02}"))
}

/// The note that the operator wrote for a resend.
pub(crate) fn note(resend: &ResendId) -> Key {
    Key::new(resend.as_str(), "note")
}

/// The samples of a resend's outcomes over time.
pub(crate) fn progress(resend: &ResendId) -> Key {
    Key::new(resend.as_str(), "progress")
}

/// The template as the resend took it, one item for each language.
pub(crate) const SNAPSHOT: &str = "template#";

pub(crate) fn snapshot(resend: &ResendId, language: &Language) -> Key {
    Key::new(resend.as_str(), format!("{SNAPSHOT}{language}"))
}

/// Recipient lists of a resend.
pub(crate) const RECIPIENT_LIST: &str = "list#";

pub(crate) fn recipient_list(resend: &ResendId, number: u32) -> Key {
    Key::new(resend.as_str(), format!("{RECIPIENT_LIST}{number:05}"))
}

/// The partition of a chunk and its recipients: one each, so that no partition is hot.
pub(crate) fn chunk_partition(resend: &ResendId, number: u32) -> String {
    format!("{resend}#{number:05}")
}

pub(crate) fn chunk(resend: &ResendId, number: u32) -> Key {
    Key::new(chunk_partition(resend, number), "chunk")
}

/// Prefix of the sort keys of a chunk's recipients.
pub(crate) fn recipient_prefix(chunk: u32) -> String {
    format!("{chunk:05}#")
}

/// Sort key of a recipient: the chunk stands in it, so that an index sorts a whole resend.
pub(crate) fn recipient_sort_key(chunk: u32, position: u16) -> String {
    format!("{chunk:05}#{position:03}")
}

pub(crate) fn recipient(resend: &ResendId, chunk: u32, position: u16) -> Key {
    Key::new(
        chunk_partition(resend, chunk),
        recipient_sort_key(chunk, position),
    )
}

/// The partition of the index `ByUser`.
pub(crate) fn recipients_of_user(organisation: &OrganisationId, user: &UserId) -> String {
    format!("{organisation}#{user}")
}

pub(crate) fn audit_trail(organisation: &OrganisationId) -> String {
    format!("{organisation}#audit")
}

pub(crate) fn audit_entry(organisation: &OrganisationId, id: &AuditId) -> Key {
    Key::new(audit_trail(organisation), id.as_str())
}

/// A request with an idempotency key, which is unique for an operator and a path.
pub(crate) fn idempotent_request(
    organisation: &OrganisationId,
    operator: &UserId,
    path: &str,
    idempotency_key: &str,
) -> Key {
    Key::new(
        format!("{organisation}#idempotency#{operator}#{path}"),
        idempotency_key,
    )
}

pub(crate) fn recipients_of_day(organisation: &OrganisationId, day: NaiveDate) -> Key {
    Key::new(format!("{organisation}#recipients"), day.to_string())
}

pub(crate) fn test_mails_of_hour(
    organisation: &OrganisationId,
    operator: &UserId,
    hour: DateTime<Utc>,
) -> Key {
    Key::new(
        format!("{organisation}#tests#{operator}"),
        hour.timestamp().to_string(),
    )
}

/// Renewed links of an address. The key holds a hash and not the address.
pub(crate) fn renewals(organisation: &OrganisationId, address: &EmailAddress) -> Key {
    Key::new(
        format!("{organisation}#renewals#{}", hashed(&address.folded())),
        "renewals",
    )
}

/// Requests for new links from one source in an hour. The key holds a hash and not the source.
pub(crate) fn renewal_requests(source: &str, hour: DateTime<Utc>) -> Key {
    Key::new(
        format!("sources#{}", hashed(source)),
        hour.timestamp().to_string(),
    )
}

/// The end of the partition key of an organisation's outbox.
const OUTBOX: &str = "#outbox";

pub(crate) fn outbox_mail(key: &OutboxKey) -> Key {
    Key::new(format!("{}{OUTBOX}", key.organisation), &key.mail)
}

/// The key of the mail that an item of the outbox is.
pub(crate) fn outbox_key(pk: &str, sk: String) -> Option<OutboxKey> {
    let organisation = OrganisationId::new(pk.strip_suffix(OUTBOX)?).ok()?;
    Some(OutboxKey {
        organisation,
        mail: sk,
    })
}

/// Notices about resends to an operator in an hour.
pub(crate) fn operator_notices_of_hour(
    organisation: &OrganisationId,
    operator: &UserId,
    hour: DateTime<Utc>,
) -> Key {
    Key::new(
        format!("{organisation}#notices#{operator}"),
        hour.timestamp().to_string(),
    )
}

/// The pace of the account, which all organisations share.
pub(crate) fn pace() -> Key {
    Key::new("pace", "account")
}

/// How far the events of SES have been read.
pub(crate) fn feedback_progress() -> Key {
    Key::new("feedback", "progress")
}

/// The lease of the worker that asks SES of the account.
pub(crate) fn pace_lease() -> Key {
    Key::new("pace", "lease")
}

fn hashed(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
