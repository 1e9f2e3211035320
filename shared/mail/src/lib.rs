//! Renders an invitation: a template and a recipient become subject, HTML and text.
//!
//! Pure: no clock, no I/O. A resend compiles its [`Variant`](reinvite_domain::Variant) once for each language and renders the [`Compiled`]
//! form for each recipient.
//!
//! ```
//! use reinvite_mail::{Compiled, Values, built_in};
//!
//! let invitation = &built_in()["invitation"];
//! let compiled = Compiled::new("en", &invitation.variants["en"])?;
//! let mail = compiled.render(&Values::sample("en"))?;
//! assert_eq!(mail.subject, "Jordan Lee invites you to Example Academy");
//! # Ok::<(), reinvite_mail::RenderError>(())
//! ```

mod allowed;
mod built_in;
mod characters;
mod check;
mod compiled;
mod compiled_part;
mod edit;
mod environment;
mod expiry;
mod html;
mod jinja;
mod letters;
mod limits;
mod mail;
mod part;
mod places;
mod references;
mod render_error;
mod stand_in;
mod values;
mod variables;

pub use built_in::{address_changed, built_in, renewal};
pub use check::{Fault, check, check_variant};
pub use compiled::Compiled;
pub use edit::Edit;
pub use expiry::expiry;
pub use letters::CompiledTemplate;
pub use limits::{FUEL, HTML_BYTES, SUBJECT_BYTES, TEXT_BYTES};
pub use mail::Mail;
pub use part::Part;
pub use render_error::{Cause, Place, RenderError};
pub use values::{Operator, Organisation, PasswordPart, User, Values};
pub use variables::{Variable, variables};
