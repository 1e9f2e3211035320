//! Limits on the run time and the size of each part of a mail.

use crate::mail_part::MailPart;

/// Fuel for each part: one unit for an instruction, and one for 64 bytes written or read.
///
/// The built-in HTML uses 213. The worst templates that were tried stopped within a millisecond
/// (x86-64, optimised), so one bad template cannot hold up a wave of 50 recipients.
pub const MAX_FUEL_PER_PART: u64 = 20_000;

/// Most numbers of a range: the engine does not count the work of comparing lists.
pub(crate) const MAX_RANGE: usize = 1_000;

/// Longest subject in bytes: the longest line of RFC 5322, section 2.1.1.
pub const MAX_SUBJECT_BYTES: usize = 998;

/// Longest HTML in bytes.
///
/// Gmail cuts a message off at about 102 KB. Together with [`MAX_TEXT_BYTES`] the limit leaves room
/// for JSON escapes within the 262,144 characters of template data that SES takes for one recipient.
pub const MAX_HTML_BYTES: usize = 100 * 1024;

/// Longest text in bytes; see [`MAX_HTML_BYTES`].
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Deepest nesting of loops, recursive calls of a loop included. An invitation needs two or three.
pub(crate) const MAX_LOOP_DEPTH: usize = 20;

/// Longest result, and longest source, of a part in bytes.
pub(crate) const fn max_bytes(part: MailPart) -> usize {
    match part {
        MailPart::Subject => MAX_SUBJECT_BYTES,
        MailPart::Html => MAX_HTML_BYTES,
        MailPart::Text => MAX_TEXT_BYTES,
    }
}
