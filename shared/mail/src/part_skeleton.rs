use std::sync::Arc;

use minijinja::value::Value;
use reinvite_domain::{LayoutPiece, MailProgram, MailText, TextLayout};

use crate::characters::isolated;
use crate::compiled_part::{CompiledPart, RenderedPart};
use crate::html::{HtmlInput, are_values_shown, html_texts, is_within};
use crate::html_escape::escape_html;
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
    layout: Arc<TextLayout>,
    /// The layout without the middle of its texts: what a value may join with.
    edges: TextLayout,
    /// The values that the layout has places for.
    values: Vec<LayoutValue>,
    /// The bytes of the secret's placeholders, which the limit for a part counts too.
    placeholder_bytes: usize,
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
        let is_marked_fit = holds_values_apart(part, &marked, secret);
        let names_in_marked = marked.contains(OUTLOOK_PROPERTY);
        let rendered = without_marks(part, marked);
        let names_outlook_property = rendered.contains(OUTLOOK_PROPERTY);
        let is_fit = is_marked_fit && holds_values_apart(part, &rendered, secret);
        if !is_fit || names_in_marked != names_outlook_property {
            return None;
        }

        let without_secret = compiled.judge(&rendered, secret).ok()?;
        let placeholders = placeholder
            .into_iter()
            .flat_map(|text| rendered.matches(text));
        let placeholder_bytes = placeholders.map(str::len).sum();
        let (layout, values) = lay_out(split_pieces(&rendered, placeholder)?);
        Some(Self {
            part,
            edges: edges_of(&layout),
            layout: Arc::new(layout),
            values,
            placeholder_bytes,
            fuel,
            names_outlook_property,
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
        let values: Vec<_> = self
            .values
            .iter()
            .map(|value| match value {
                LayoutValue::Text(number) => self.written(recipient.text(*number)),
                LayoutValue::Secret => self.written_secret(secret),
            })
            .collect();
        let is_read_twice = self.part == MailPart::Html
            && !self.names_outlook_property
            && self.joins_outlook_property(&values);
        let content = MailText::Filled {
            layout: Arc::clone(&self.layout),
            values,
        };
        let is_too_long = content.byte_length() + self.placeholder_bytes > max_bytes(self.part);
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

    /// A text of a recipient, as the engine writes it.
    fn written(&self, text: &str) -> String {
        match self.part {
            MailPart::Html => escape_html(text),
            MailPart::Subject => isolated(text.to_owned()),
            MailPart::Text => text.to_owned(),
        }
    }

    fn written_secret(&self, withheld: Option<WithheldSecret<'_>>) -> String {
        let secret = withheld.map_or("", |withheld| withheld.secret);
        match self.part {
            MailPart::Html => escape_html(secret),
            MailPart::Subject | MailPart::Text => secret.to_owned(),
        }
    }

    /// Whether the values, with the texts around them, name [`OUTLOOK_PROPERTY`].
    fn joins_outlook_property(&self, values: &[String]) -> bool {
        let joined: String = self.edges.pieces_with(values).collect();
        joined.contains(OUTLOOK_PROPERTY)
    }
}

/// A value that a layout has a place for.
#[derive(PartialEq, Eq)]
enum LayoutValue {
    /// The text of the recipient with this number.
    Text(usize),
    Secret,
}

/// Makes a layout of the pieces of a text, and lists the values in it, each once.
fn lay_out(pieces: Vec<Piece>) -> (TextLayout, Vec<LayoutValue>) {
    let mut values = Vec::new();
    let mut place_of = |value: LayoutValue| {
        let known = values.iter().position(|other| *other == value);
        LayoutPiece::Value(known.unwrap_or_else(|| {
            values.push(value);
            values.len() - 1
        }))
    };
    let pieces = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => LayoutPiece::Text(text),
            Piece::Value(number) => place_of(LayoutValue::Text(number)),
            Piece::Secret => place_of(LayoutValue::Secret),
        })
        .collect();
    (TextLayout::new(pieces), values)
}

/// The layout with the ends of its texts only, which are long enough to join with values to
/// [`OUTLOOK_PROPERTY`].
fn edges_of(layout: &TextLayout) -> TextLayout {
    let length = OUTLOOK_PROPERTY.len();
    let edges = layout.pieces().iter().map(|piece| match piece {
        LayoutPiece::Text(text) if text.len() > 4 * length => {
            let (first, _) = text.split_at(text.ceil_char_boundary(length));
            let (_, last) = text.split_at(text.floor_char_boundary(text.len() - length));
            LayoutPiece::Text(format!("{first}\0{last}"))
        }
        piece => piece.clone(),
    });
    TextLayout::new(edges.collect())
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
