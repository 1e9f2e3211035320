//! The rules of Reinvite: who is invited and why not, which state may follow which, when a local time is, how many mails
//! may go now. Plain functions on plain types: no AWS, no HTTP, no environment; time and randomness are arguments.

pub mod audit;
mod bounce_rate;
pub mod chunk;
mod counts;
pub mod credential;
pub mod daily_usage;
mod eligibility;
mod email;
mod feedback;
mod field_error;
mod filter;
pub mod group;
mod id;
pub mod import;
mod invitation;
mod language;
mod link_generations;
mod mail_values;
mod on_doubt;
mod operator;
pub mod pace;
pub mod password;
pub mod password_change;
pub mod period;
mod recipient;
pub mod resend;
mod role;
mod sender_job;
mod settings;
mod stage_key;
pub mod template;
pub mod text;
pub mod time;
mod user;
pub mod user_fields;
mod validity;

pub use audit::{AuditAction, AuditEntry};
pub use bounce_rate::MailCounts;
pub use chunk::{Chunk, ChunkStep, Claim, MailInputs, Slot};
pub use counts::Counts;
pub use daily_usage::DailyUsage;
pub use eligibility::{EligibilityCheck, ExclusionReason};
pub use email::{EmailAddress, InvalidEmail};
pub use feedback::{EventType, MailEvent};
pub use field_error::{FieldError, FieldLocation, TextPosition};
pub use filter::{Filter, OneOrMany, ParsedFilter};
pub use group::{Group, GroupTree};
pub use id::{AuditId, GroupId, InvalidId, OrganisationId, ResendId, TemplateId, UserId};
pub use invitation::{Invitation, InvitationState};
pub use language::{InvalidLanguage, Language};
pub use link_generations::{EarlierLinks, LinkGenerations, UsedLink};
pub use mail_values::{MailValues, SecretInputs};
pub use on_doubt::OnDoubt;
pub use operator::{Operator, Scope, granted_roles};
pub use password_change::{Credentials, KeepReason, PasswordChange, RequestedPasswordChange};
pub use recipient::{OutcomeReason, Recipient, RecipientState};
pub use resend::{
    CommandNotAllowed, FailureReason, PauseReason, Resend, ResendChange, ResendCommand,
    ResendGuard, ResendState, ResendTransition, Selection, SenderProfile,
};
pub use role::{Access, Role};
pub use sender_job::SenderJob;
pub use settings::{Organisation, Settings};
pub use stage_key::{KeyTooShort, StageKey, StageKeys};
pub use template::{Template, Variant};
pub use user::{Status, User};
pub use validity::Validity;
