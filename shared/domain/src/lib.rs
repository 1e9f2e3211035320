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
mod estimate;
mod failed_reason;
mod feedback;
mod feedback_progress;
mod field_error;
mod filter;
pub mod group;
mod group_levels;
mod id;
pub mod import;
mod invitation;
mod issued_invitation;
mod language;
mod link_generations;
mod mail_text;
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
pub mod spreadsheet;
mod stage_key;
mod suppression;
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
pub use estimate::estimate;
pub use failed_reason::FailedReason;
pub use feedback::{EventType, MailEvent};
pub use feedback_progress::{FeedbackProgress, QueueVerdict};
pub use field_error::{FieldError, FieldLocation, TextPosition};
pub use filter::{Filter, MailFacts, OneOrMany, ParsedFilter, TrueOrFalse};
pub use group::{Group, GroupTree};
pub use group_levels::GroupLevels;
pub use id::{
    AuditId, GroupId, OrganisationId, RESERVED_IDS, ResendId, SuppressionId, TemplateId, UserId,
    check_chosen_id,
};
pub use invitation::{
    Invitation, InvitationState, LinkRecord, LinkToken, MAX_LINK_BASE_CHARACTERS,
    MAX_LINK_CHARACTERS, TOKEN_CHARACTERS,
};
pub use issued_invitation::IssuedInvitation;
pub use language::{Language, deserialize_registered};
pub use link_generations::{EarlierLinks, LinkGenerations, UsedLink};
pub use mail_text::{LayoutPiece, MailText, TextLayout};
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
pub use suppression::{Suppression, SuppressionKey, SuppressionReason};
pub use template::{Template, Variant};
pub use user::{Status, User};
pub use user_invitation::{InvitationList, UserInvitation, UserInvitationState};
pub use validity::Validity;
pub use zone::{UnknownZone, Zone};
