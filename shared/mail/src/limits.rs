//! How long a template may run and how much may come out of it, for each part of a mail.

use crate::Part;

/// Fuel for each part: one for an instruction, and one for 64 bytes made or read.
///
/// The built-in HTML uses 213. The worst templates that were tried stopped within a millisecond (x86-64, optimised),
/// so one bad template cannot hold up a wave of 50 recipients.
pub const FUEL: u64 = 20_000;

/// Longest subject in bytes: the longest line of RFC 5322, section 2.1.1.
pub const SUBJECT_BYTES: usize = 998;

/// Longest HTML in bytes. Gmail cuts a message off at about 102 KB; and with [`TEXT_BYTES`] it leaves room for JSON
/// escapes within the 262,144 characters of template data that SES takes for one recipient.
pub const HTML_BYTES: usize = 100 * 1024;

/// Longest text in bytes; see [`HTML_BYTES`].
pub const TEXT_BYTES: usize = 64 * 1024;

/// Loops inside each other, those that call themselves included. An invitation needs two or three.
pub(crate) const RECURSION: usize = 20;

/// Longest result, and longest source, of a part in bytes.
pub(crate) fn bytes(part: Part) -> usize {
    match part {
        Part::Subject => SUBJECT_BYTES,
        Part::Html => HTML_BYTES,
        Part::Text => TEXT_BYTES,
    }
}
