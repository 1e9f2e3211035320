//! Checks the HTML of a mail against an allow-list, before it is stored and after it is rendered.
//!
//! HTML has two readings: Outlook's, which reads conditional comments, and that of everybody else.
//! Both obey every rule. A secret may stand only in permitted places, whatever surrounds it. The
//! source of a template can look different from the mail that it renders to, so the mail is checked
//! again.
//!
//! A violation is cleanable where taking it out changes nothing that a reader sees. Nothing is taken
//! out unless the author asks for it.

mod addresses;
mod allow_list;
mod attributes;
mod character_references;
mod check_html;
mod checker;
mod cleaning;
mod conditional_comments;
mod conditions;
mod input;
mod known_names;
mod names;
mod noscript;
mod office;
mod reading_checker;
mod readings;
mod secret_ranges;
mod shown_places;
mod style_violations;
mod styles;
mod texts;
mod value_places;
mod violation;

pub(crate) use addresses::is_link_address;
pub(crate) use character_references::ends_in_open_reference;
pub(crate) use check_html::{MAX_VIOLATIONS, check_html, clean_html_source};
pub(crate) use input::HtmlInput;
pub(crate) use shown_places::{is_shown_everywhere, shown_secrets};
pub(crate) use styles::hides_decoded;
pub(crate) use texts::{html_texts, is_within};
pub(crate) use value_places::are_values_shown;
