//! Checks the HTML of a mail against an allow-list, before it is stored and after it is rendered.
//!
//! HTML outside the list is rejected and not cleaned: nobody intends a template that says something
//! else than it shows. A secret may stand only in permitted places, whatever surrounds it. The source
//! of a template can look different from the mail that it renders to, so the mail is checked again.

mod addresses;
mod allow_list;
mod attributes;
mod character_references;
mod checker;
mod cleaning;
mod input;
mod secret_ranges;
mod shown_secrets;
mod styles;
mod texts;
mod violation;

pub(crate) use checker::check_html;
pub(crate) use cleaning::apply_edits;
pub(crate) use input::HtmlInput;
pub(crate) use texts::{HtmlText, html_texts};
