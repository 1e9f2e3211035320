use minijinja::value::Value;
use reinvite_domain::MailProgram;

use crate::characters::isolated;
use crate::compiled_part::{CompiledPart, RenderedPart};
use crate::html::{HtmlInput, are_values_shown, html_texts, is_within};
use crate::html_escape::{escape_html, write_escaped};
use crate::limits::{MAX_FUEL_PER_PART, max_bytes};
use crate::mail_part::MailPart;
use crate::note_marks::{holds_line_break, shows_note, without_marks};
use crate::placeholder::WithheldSecret;
use crate::recipient_values::RecipientValues;
use crate::source_marks::are_marks_apart;
use crate::stand_ins::{Piece, holds_stand_in, split_pieces, stand_beside_secret, stand_in_ranges};

/// The number of the first stand-in of the second rendering.
const SECOND_NUMBERS: usize = 1_000;

/// The bytes of output for which the engine takes one unit of fuel.
const BYTES_PER_FUEL: u64 = 64;

/// The most bytes that an instruction of the engine handles for one byte of a value: `&quot;`.
const BYTES_PER_BYTE: u64 = 6;

/// The property of styles that only Outlook reads. A mail that holds its name anywhere is read twice.
const OUTLOOK_PROPERTY: &str = "mso-hide";

/// A part of a mail without the values that differ between recipients, rendered and checked once.
pub(crate) struct PartSkeleton {
    part: MailPart,
    pieces: Vec<Piece>,
    /// The fuel that the engine used.
    fuel: u64,
    /// Whether the part names [`OUTLOOK_PROPERTY`] with any values.
    names_outlook_property: bool,
    shows_note: bool,
    without_secret: Option<MailProgram>,
}

impl PartSkeleton {
    /// Renders a part with stand-ins for the texts of a recipient, and checks it.
    ///
    /// Returns `None` for a part that breaks a rule, that computes with the texts, or that holds one at
    /// a place where it could decide anything.
    pub(crate) fn new(
        compiled: &CompiledPart,
        for_engine: &Value,
        recipient: &RecipientValues<'_>,
        secret: Option<WithheldSecret<'_>>,
    ) -> Option<Self> {
        if !compiled.value_use().only_copies {
            return None;
        }
        let part = compiled.part();
        let values = recipient.with_stand_ins(for_engine, 0);
        let (written, fuel) = compiled.write(&values).ok()?;
        let placeholder = secret.map(|secret| secret.placeholder);
        let is_genuine =
            holds_only_numbers(&written, placeholder, |number| number < SECOND_NUMBERS)
                && holds_own_stand_ins(compiled, for_engine, recipient, placeholder);
        let are_links_apart = part == MailPart::Subject
            || are_marks_apart(
                &written,
                &compiled.written_login_url(&values),
                holds_stand_in,
            );
        if !is_genuine || !are_links_apart {
            return None;
        }

        let marked = compiled.clean(written, &values);
        let shows_note = shows_note(part, &marked);
        let names_property_in_marked = marked.contains(OUTLOOK_PROPERTY);
        let is_marked_fit = holds_values_apart(part, &marked, secret);
        let rendered = without_marks(part, marked);
        if !is_marked_fit || !holds_values_apart(part, &rendered, secret) {
            return None;
        }

        let without_secret = compiled.judge(&rendered, secret).ok()?;
        Some(Self {
            part,
            pieces: split_pieces(&rendered, placeholder)?,
            fuel,
            names_outlook_property: names_property_in_marked && rendered.contains(OUTLOOK_PROPERTY),
            shows_note,
            without_secret,
        })
    }

    /// Puts the texts of a recipient, and the secret, in.
    ///
    /// Returns `None` for a recipient whose mail breaks a limit, or may do so.
    pub(crate) fn fill(
        &self,
        recipient: &RecipientValues<'_>,
        secret: Option<WithheldSecret<'_>>,
    ) -> Option<RenderedPart> {
        if !self.has_fuel_for(recipient.longest()) {
            return None;
        }
        let placeholder_length = secret.map_or(0, |secret| secret.placeholder.len());
        let secret = secret.map_or_else(String::new, |withheld| match self.part {
            MailPart::Html => escape_html(withheld.secret),
            MailPart::Subject | MailPart::Text => withheld.secret.to_owned(),
        });

        let mut content = String::with_capacity(self.capacity(recipient));
        let mut secrets = 0;
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => content.push_str(text),
                Piece::Value(number) => self.write_value(&mut content, recipient.text(*number)),
                Piece::Secret => {
                    secrets += 1;
                    content.push_str(&secret);
                }
            }
        }

        let length_before = content.len() - secrets * secret.len() + secrets * placeholder_length;
        let is_too_long = content.len().max(length_before) > max_bytes(self.part);
        let is_read_twice = self.part == MailPart::Html
            && !self.names_outlook_property
            && content.contains(OUTLOOK_PROPERTY);
        (!is_too_long && !is_read_twice).then_some(RenderedPart {
            content,
            shows_note: self.shows_note,
            without_secret: self.without_secret,
        })
    }

    /// Whether the engine would surely have had fuel for texts of this length.
    ///
    /// An instruction takes a unit, and handles at most one text.
    fn has_fuel_for(&self, longest: usize) -> bool {
        let per_instruction = BYTES_PER_FUEL + BYTES_PER_BYTE * longest as u64;
        self.fuel.saturating_mul(per_instruction) < MAX_FUEL_PER_PART * BYTES_PER_FUEL
    }

    fn write_value(&self, content: &mut String, text: &str) {
        match self.part {
            // Writing to a string cannot fail.
            MailPart::Html => _ = write_escaped(content, text),
            MailPart::Subject => content.push_str(&isolated(text.to_owned())),
            MailPart::Text => content.push_str(text),
        }
    }

    /// About the length of the filled part.
    fn capacity(&self, recipient: &RecipientValues<'_>) -> usize {
        let lengths = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Value(number) => recipient.text(*number).len(),
            Piece::Secret => 128,
        });
        lengths.sum()
    }
}

/// Whether every stand-in that a part writes is one that it was given, and not one that its source
/// spells: a spelt one has the same number in both renderings.
fn holds_own_stand_ins(
    compiled: &CompiledPart,
    for_engine: &Value,
    recipient: &RecipientValues<'_>,
    placeholder: Option<&str>,
) -> bool {
    let values = recipient.with_stand_ins(for_engine, SECOND_NUMBERS);
    compiled.write(&values).is_ok_and(|(written, _)| {
        holds_only_numbers(&written, placeholder, |number| number >= SECOND_NUMBERS)
    })
}

fn holds_only_numbers(
    written: &str,
    placeholder: Option<&str>,
    is_expected: impl Fn(usize) -> bool,
) -> bool {
    split_pieces(written, placeholder).is_some_and(|pieces| {
        pieces.iter().all(|piece| match piece {
            Piece::Value(number) => is_expected(*number),
            Piece::Text(_) | Piece::Secret => true,
        })
    })
}

/// Whether no check of a part depends on the values in it.
fn holds_values_apart(part: MailPart, rendered: &str, secret: Option<WithheldSecret<'_>>) -> bool {
    match part {
        // Nothing of a subject is read but its secret, which it may not have.
        MailPart::Subject => true,
        MailPart::Text => !stand_beside_secret(rendered),
        MailPart::Html => {
            let values = stand_in_ranges(rendered);
            let secret = secret.map(|secret| secret.secret);
            let are_line_breaks_apart = || {
                let texts = html_texts(rendered);
                values.iter().all(|value| is_within(&texts, value))
            };
            (!holds_line_break(rendered) || are_line_breaks_apart())
                && are_values_shown(
                    rendered,
                    &values,
                    stand_beside_secret,
                    HtmlInput::RenderedMail { secret },
                )
        }
    }
}
