//! Renders an invitation: a template and a recipient become subject, HTML and text.
//!
//! The crate is pure: it reads no clock and does no I/O. A resend compiles each
//! [`Variant`](reinvite_domain::Variant) of its template once, and renders the [`CompiledVariant`]
//! for each recipient.
//!
//! ```
//! use reinvite_mail::{CompiledVariant, TemplateValues, built_in_templates};
//!
//! let invitation = &built_in_templates()["invitation"];
//! let compiled = CompiledVariant::new("en", &invitation.variants["en"])?;
//! let mail = compiled.render(&TemplateValues::sample("en"))?;
//! assert_eq!(mail.subject, "Jordan Lee invites you to Example Academy");
//! # Ok::<(), reinvite_mail::RenderError>(())
//! ```

mod address_detection;
mod built_in_templates;
mod characters;
mod check_part;
mod check_template;
mod compiled_part;
mod compiled_template;
mod compiled_variant;
mod format_expiry;
mod html;
mod html_escape;
mod jinja;
mod limits;
mod located_defect;
mod mail;
mod mail_part;
mod password_part;
mod placeholder;
mod render_error;
mod sample_values;
mod template_defect;
mod template_edit;
mod template_engine;
mod template_values;
mod undefined_variables;
mod variables;

pub use built_in_templates::{address_changed_variants, built_in_templates, renewal_variants};
pub use check_template::{check_template, check_variant};
pub use compiled_template::CompiledTemplate;
pub use compiled_variant::CompiledVariant;
pub use format_expiry::format_expiry;
pub use limits::{MAX_FUEL_PER_PART, MAX_HTML_BYTES, MAX_SUBJECT_BYTES, MAX_TEXT_BYTES};
pub use located_defect::LocatedDefect;
pub use mail::Mail;
pub use mail_part::MailPart;
pub use password_part::PasswordPart;
pub use render_error::RenderError;
pub use template_defect::TemplateDefect;
pub use template_edit::TemplateEdit;
pub use template_values::{OperatorValues, OrganisationValues, TemplateValues, UserValues};
pub use variables::{Variable, variables};
