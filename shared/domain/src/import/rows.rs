//! The lines of a file.

use std::{borrow::Cow, collections::HashMap};

use csv::StringRecord;
use icu_locale::Locale;

use super::{
    cells::{is_never, status, unguarded, yes_or_no},
    header::Header,
    import_row::ImportRow,
    line_error::LineError,
    names::{Meaning, NamePart},
};
use crate::{
    Rule, Status, Zone,
    attributes::parse_attribute,
    user_fields::{FieldChange, UserField, check_login_id, group_path},
};

/// Parses the lines of a file and collects their errors.
pub(super) struct LineParser<'h> {
    header: &'h Header,
    zone: Zone,
    lines_of: HashMap<String, Vec<u64>>,
    pub errors: Vec<LineError>,
}

/// The parts of a name on one line.
#[derive(Default)]
struct NameParts {
    first: String,
    last: String,
    is_present: bool,
}

impl<'h> LineParser<'h> {
    pub fn new(header: &'h Header, zone: Zone) -> Self {
        Self {
            header,
            zone,
            lines_of: HashMap::new(),
            errors: Vec::new(),
        }
    }

    /// Parses a line; `None` if it is wrong.
    pub fn parse(&mut self, line: u64, record: &StringRecord) -> Option<ImportRow> {
        let expected = self.header.names.len();
        let found = record.len();
        let has_more = record
            .iter()
            .skip(expected)
            .any(|cell| !cell.trim().is_empty());
        if found < expected || has_more {
            let rule = Rule::CellCount { expected, found };
            self.errors.push(LineError::of_line(line, rule));
            return None;
        }

        let mut row = ImportRow::of_line(line);
        let mut name = NameParts::default();
        let errors_before = self.errors.len();
        let header = self.header;
        for ((column, meaning), cell) in header.names.iter().zip(&header.meanings).zip(record) {
            let Some(meaning) = meaning else { continue };
            let parsed = self.parse_cell(&mut row, &mut name, meaning, unguarded(cell));
            if let Err(rule) = parsed {
                self.errors.push(LineError::of_cell(line, column, rule));
            }
        }
        if let Err(rule) = name.finish(&mut row) {
            self.errors.push(LineError::of_line(line, rule));
        }

        (self.errors.len() == errors_before).then_some(row)
    }

    fn parse_cell(
        &mut self,
        row: &mut ImportRow,
        name: &mut NameParts,
        meaning: &Meaning,
        cell: &str,
    ) -> Result<(), Rule> {
        match meaning {
            Meaning::Field(UserField::LoginId) => {
                row.login_id = self.parse_login_id(row.line, cell)?;
            }
            Meaning::Field(UserField::Groups) => row.groups = Some(parse_groups(cell)?),
            Meaning::Field(UserField::Status) => {
                row.changes.push(FieldChange::Status(status(cell)?));
            }
            Meaning::Field(UserField::Email) => {
                if self.header.login_id_from_email {
                    row.login_id = self.parse_login_id(row.line, cell)?;
                }
                row.changes.push(UserField::Email.parse(cell, self.zone)?);
            }
            Meaning::Field(UserField::FirstLoginAt) if is_never(cell) => {
                row.changes.push(FieldChange::FirstLoginAt(None));
            }
            Meaning::Field(UserField::Language) => {
                let language = UserField::Language;
                row.changes
                    .push(language.parse(&language_tag(cell), self.zone)?);
            }
            Meaning::Field(field) => row.changes.push(field.parse(cell, self.zone)?),
            Meaning::Part(part) => name.add(*part, cell),
            Meaning::Suspended => {
                let is_suspended = yes_or_no(cell)?.unwrap_or(false);
                row.changes.push(status_of(is_suspended, Status::Suspended));
            }
            Meaning::Enabled => {
                let is_disabled = !yes_or_no(cell)?.unwrap_or(true);
                row.changes.push(status_of(is_disabled, Status::Inactive));
            }
            Meaning::LastSignIn => {
                if !is_never(cell) {
                    let parsed = UserField::FirstLoginAt.parse(cell, self.zone)?;
                    row.last_sign_in = match parsed {
                        FieldChange::FirstLoginAt(at) => at,
                        _ => None,
                    };
                }
            }
            Meaning::Attribute(attribute) => {
                row.attributes
                    .push((attribute.clone(), parse_attribute(cell)?));
            }
        }
        Ok(())
    }

    fn parse_login_id(&mut self, line: u64, cell: &str) -> Result<String, Rule> {
        check_login_id(cell)?;
        let lines = self.lines_of.entry(cell.into()).or_default();
        lines.push(line);
        match lines.as_slice() {
            [first, .., _] => Err(Rule::RepeatedLoginId { line: *first }),
            _ => Ok(cell.into()),
        }
    }

    /// The errors of the lines whose login id a later line repeats: the later ones have theirs.
    pub fn repeated_later(&self) -> impl Iterator<Item = LineError> {
        self.lines_of
            .values()
            .filter_map(|lines| match lines.as_slice() {
                [first, second, ..] => {
                    let rule = Rule::RepeatedLoginId { line: *second };
                    Some(LineError::of_cell(*first, &self.header.key_column(), rule))
                }
                _ => None,
            })
    }
}

impl NameParts {
    fn add(&mut self, part: NamePart, cell: &str) {
        self.is_present = true;
        match part {
            NamePart::First | NamePart::JapaneseFamily => self.first = cell.into(),
            NamePart::Last | NamePart::JapaneseGiven => self.last = cell.into(),
        }
    }

    /// Joins the parts with a blank, the one that comes first before the other.
    fn finish(&self, row: &mut ImportRow) -> Result<(), Rule> {
        if self.is_present {
            let name = format!("{} {}", self.first, self.last);
            let parsed = UserField::DisplayName.parse(name.trim(), Zone::UTC)?;
            row.changes.push(parsed);
        }
        Ok(())
    }
}

const fn status_of(is_set: bool, status: Status) -> FieldChange {
    FieldChange::Status(if is_set { status } else { Status::Active })
}

fn parse_groups(cell: &str) -> Result<Vec<Vec<String>>, Rule> {
    cell.split(';')
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .map(group_path)
        .collect()
}

/// The tag of a language that may be written as a locale: `pt_br` means `pt-BR`. Moodle writes a script
/// as if it were a country.
fn language_tag(cell: &str) -> Cow<'_, str> {
    match &*cell.to_ascii_lowercase() {
        "sr_cr" => return "sr-Cyrl".into(),
        "sr_lt" => return "sr-Latn".into(),
        _ if !cell.contains('_') => return cell.into(),
        _ => {}
    }
    let tag = cell.replace('_', "-");
    Locale::try_from_str(&tag)
        .map_or(tag, |locale| locale.to_string())
        .into()
}
