//! The rules of Reinvite: who is invited and why not, which state may follow which, when a local time is, how many mails
//! may go now. Plain functions on plain types: no AWS, no HTTP, no environment; time and randomness are arguments.

pub mod audit;
pub mod chunk;
pub mod daily_limit;
mod eligibility;
mod email;
mod field_error;
pub mod group;
mod id;
pub mod import;
mod language;
mod operator;
pub mod pace;
pub mod period;
mod recipient;
mod refine;
pub mod resend;
mod role;
mod settings;
mod steering;
pub mod template;
pub mod text;
pub mod time;
mod user;
pub mod user_fields;
mod work;

pub use audit::{Action, Audit};
pub use chunk::{Chunk, Claim};
pub use daily_limit::Counted;
pub use eligibility::{Circumstances, Reason};
pub use email::{EmailAddress, InvalidEmail};
pub use field_error::{FieldError, Place, Position};
pub use group::{Group, GroupTree};
pub use id::{AuditId, GroupId, InvalidId, OrganisationId, ResendId, TemplateId, UserId};
pub use language::{InvalidLanguage, Language};
pub use operator::{Operator, Scope, held_by};
pub use recipient::{Cause, Counts, MailValues, Recipient, RecipientState};
pub use refine::{Filter, OneOrMany, Refinement};
pub use resend::{
    EarlierLinks, FailureReason, Letterhead, PasswordChange, PauseReason, Resend, ResendState, Selection,
};
pub use role::{Access, Role};
pub use settings::{OnDoubt, Organisation, Settings};
pub use steering::{Steering, WrongState};
pub use template::{Template, Variant};
pub use user::{Status, User};
pub use work::Work;
