#![doc = include_str!("../README.md")]

pub mod attributes;
pub mod audit;
mod backoff;
mod bounce_rate;
pub mod chunk;
mod counts;
pub mod credential;
pub mod daily_usage;
mod eligibility;
mod email;
mod failed_reason;
mod feedback;
mod feedback_progress;
mod field_error;
mod filter;
pub mod group;
mod id;
pub mod import;
mod invitation;
mod language;
mod language_names;
mod link_generations;
mod mail_values;
mod metric;
mod note;
mod on_doubt;
mod operator;
pub mod outbox;
mod ownership;
pub mod pace;
pub mod password;
pub mod password_change;
pub mod period;
mod reattempt;
mod recipient;
pub mod resend;
mod role;
mod rule;
mod sender_job;
mod settings;
mod slowdown;
mod stage_key;
pub mod template;
pub mod text;
pub mod time;
mod user;
pub mod user_fields;
mod user_invitation;
mod validity;
mod written_time;
mod zone;

pub use attributes::Attributes;
pub use audit::{AuditAction, AuditEntry};
pub use backoff::{Backoff, MAX_RECEIVES};
pub use bounce_rate::MailCounts;
pub use chunk::{Chunk, ChunkStep, Claim, MailInputs, Slot};
pub use counts::Counts;
pub use daily_usage::DailyUsage;
pub use eligibility::{EligibilityCheck, ExclusionReason};
pub use email::EmailAddress;
pub use failed_reason::FailedReason;
pub use feedback::{EventType, MailEvent};
pub use feedback_progress::{FeedbackProgress, QueueVerdict};
pub use field_error::{FieldError, FieldLocation, TextPosition};
pub use filter::{Filter, MailFacts, OneOrMany, ParsedFilter, TrueOrFalse};
pub use group::{Group, GroupTree};
pub use id::{AuditId, GroupId, OrganisationId, ResendId, TemplateId, UserId};
pub use invitation::{
    Invitation, InvitationState, LinkRecord, LinkToken, MAX_LINK_BASE_CHARACTERS,
    MAX_LINK_CHARACTERS, TOKEN_CHARACTERS,
};
pub use language::Language;
pub use link_generations::{EarlierLinks, LinkGenerations, UsedLink};
pub use mail_values::{MailValues, SecretInputs};
pub use metric::{METRIC_NAMESPACE, Metric, MetricUnit, STAGE_DIMENSION};
pub use note::{MAX_NOTE_CHARACTERS, Note};
pub use on_doubt::OnDoubt;
pub use operator::{Operator, Scope, granted_roles, own_roles};
pub use outbox::{OutboxKey, OutboxMail};
pub use ownership::{Tenure, is_always_owned};
pub use password_change::{Credentials, KeepReason, PasswordChange, RequestedPasswordChange};
pub use recipient::{OutcomeReason, Recipient, RecipientState};
pub use resend::{
    CommandNotAllowed, FailureReason, PauseReason, Resend, ResendChange, ResendCommand,
    ResendGuard, ResendState, ResendTransition, Selection, SenderProfile,
};
pub use role::{Access, Role};
pub use rule::{JsonType, MailProgram, OwnText, Rule, RuleName, SerdeRule};
pub use sender_job::SenderJob;
pub use settings::{Organisation, Settings};
pub use stage_key::{KeyTooShort, StageKey, StageKeys};
pub use template::{Template, Variant};
pub use user::{Status, User};
pub use user_invitation::{InvitationList, IssuedInvitation, UserInvitation, UserInvitationState};
pub use validity::Validity;
pub use zone::{UnknownZone, Zone};
