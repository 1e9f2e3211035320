//! Rules for style sheets and style attributes.
//!
//! Both are read with a CSS tokenizer, after character references and escapes are decoded. Rules look at
//! every token wherever it stands, so a sheet that a browser reads differently after an error hides
//! nothing from them.

mod at_rules;
mod checker;
mod decoded_text;
mod finding;
mod hiding;
mod loading;
mod markup;
mod properties;
mod selectors;
#[cfg(test)]
mod tests;
mod tokens;

pub(crate) use checker::{check_style_attribute, check_style_sheet};
pub(crate) use finding::StyleFinding;
pub(crate) use hiding::{hides, hides_decoded};
