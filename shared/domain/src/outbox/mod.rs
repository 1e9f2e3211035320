//! The outbox: every mail that belongs to no resend, from the change that causes it until it is
//! sent.
//!
//! Test mails are not here: a caller waits for them.

mod address_notice;
mod mail;

pub use address_notice::{AddressChange, AddressNotice, FormerAddress};
pub use mail::{KEPT_FOR, MailState, MailStep, OutboxContent, OutboxKey, OutboxMail};
