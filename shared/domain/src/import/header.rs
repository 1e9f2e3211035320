//! The header of a file: which column is read as what.

use std::collections::HashMap;

use csv::StringRecord;
use serde::Serialize;

use super::{
    line_error::LineError,
    names::{Meaning, NamePart, meaning_of, trimmed},
    options::UnknownColumns,
};
use crate::{Rule, attributes::check_attribute_name, user_fields::UserField};

/// A column that is read, and the column of our own that it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadColumn {
    /// The name in the file.
    pub name: String,
    /// The name of ours, such as `display_name`.
    pub r#as: String,
}

/// A header, checked.
#[derive(Debug)]
pub(super) struct Header {
    /// The name of each column in the file.
    pub names: Vec<String>,
    /// The meaning of each column; `None` for one that is passed over.
    pub meanings: Vec<Option<Meaning>>,
    /// Whether the address is taken as the login id.
    pub login_id_from_email: bool,
}

/// Reads a header; fails with every wrong column.
pub(super) fn read_header(
    record: &StringRecord,
    unknown_columns: UnknownColumns,
    line: u64,
) -> Result<Header, Vec<LineError>> {
    let mut names: Vec<String> = record.iter().map(|name| trimmed(name).into()).collect();
    let width = names.iter().rposition(|name| !name.is_empty());
    names.truncate(width.map_or(0, |last| last + 1));

    let found: Vec<_> = names.iter().map(|name| meaning_of(name)).collect();
    let mut errors = Vec::new();
    for (name, found) in names.iter().zip(&found) {
        match found {
            None if unknown_columns == UnknownColumns::Refuse => {
                errors.push(LineError::of_cell(line, name, Rule::UnknownColumn));
            }
            Some((Meaning::Attribute(attribute), _)) => {
                let checked = check_attribute_name(attribute);
                errors.extend(
                    checked
                        .err()
                        .map(|rule| LineError::of_cell(line, name, rule)),
                );
            }
            _ => {}
        }
    }

    let meanings = choose(&names, found, line, &mut errors);
    let mut header = Header {
        names,
        meanings,
        login_id_from_email: false,
    };
    header.find_login_id(line, &mut errors);
    if errors.is_empty() {
        Ok(header)
    } else {
        Err(errors)
    }
}

/// Keeps the column of the lowest rank of each kind, and refuses two of one rank.
fn choose(
    names: &[String],
    found: Vec<Option<(Meaning, usize)>>,
    line: u64,
    errors: &mut Vec<LineError>,
) -> Vec<Option<Meaning>> {
    let mut lowest: HashMap<Meaning, (usize, usize)> = HashMap::new();
    for (index, (meaning, rank)) in found
        .iter()
        .enumerate()
        .filter_map(|(index, found)| Some((index, found.as_ref()?)))
    {
        let best = lowest.entry(meaning.kind()).or_insert((*rank, index));
        if *rank < best.0 {
            *best = (*rank, index);
        }
    }

    let mut meanings = Vec::new();
    for (index, found) in found.into_iter().enumerate() {
        let chosen = found.and_then(|(meaning, rank)| {
            let (best, chosen) = lowest.get(&meaning.kind()).copied()?;
            if rank == best && index != chosen {
                let name = names.get(index).map(String::as_str).unwrap_or_default();
                errors.push(LineError::of_cell(line, name, Rule::DuplicateColumn));
            }
            (index == chosen).then_some(meaning)
        });
        meanings.push(chosen);
    }
    pass_over_parts(&mut meanings);
    meanings
}

/// A whole name beats its parts, and parts in Japanese beat the others.
fn pass_over_parts(meanings: &mut [Option<Meaning>]) {
    let has = |wanted: &Meaning| meanings.iter().flatten().any(|meaning| meaning == wanted);
    let has_whole = has(&Meaning::Field(UserField::DisplayName));
    let has_japanese = has(&Meaning::Part(NamePart::JapaneseFamily));

    for meaning in meanings {
        let is_passed_over = match meaning {
            Some(Meaning::Part(NamePart::First | NamePart::Last)) => has_whole || has_japanese,
            Some(Meaning::Part(_)) => has_whole,
            _ => false,
        };
        if is_passed_over {
            *meaning = None;
        }
    }
}

impl Header {
    /// Takes the address as the login id if there is no other.
    fn find_login_id(&mut self, line: u64, errors: &mut Vec<LineError>) {
        let has = |field: UserField| {
            let wanted = Meaning::Field(field);
            self.meanings
                .iter()
                .flatten()
                .any(|meaning| *meaning == wanted)
        };
        if has(UserField::LoginId) {
            return;
        }

        self.login_id_from_email = has(UserField::Email);
        if !self.login_id_from_email {
            errors.push(LineError::of_cell(line, "login_id", Rule::MissingKeyColumn));
        }
    }

    /// The name of the column that the login id is read from.
    pub fn key_column(&self) -> String {
        let wanted = Meaning::Field(if self.login_id_from_email {
            UserField::Email
        } else {
            UserField::LoginId
        });
        let mut named = self.names.iter().zip(&self.meanings);
        let column = named.find(|(_, meaning)| meaning.as_ref() == Some(&wanted));
        column.map_or_else(|| "login_id".into(), |(name, _)| name.clone())
    }

    /// The columns that are read.
    pub fn columns(&self) -> Vec<ReadColumn> {
        let named = self.names.iter().zip(&self.meanings);
        named
            .filter_map(|(name, meaning)| {
                let r#as = meaning.as_ref()?.own_name();
                Some(ReadColumn {
                    name: name.clone(),
                    r#as,
                })
            })
            .collect()
    }

    /// The columns that are passed over.
    pub fn ignored(&self) -> Vec<String> {
        let named = self.names.iter().zip(&self.meanings);
        named
            .filter(|(_, meaning)| meaning.is_none())
            .map(|(name, _)| name.clone())
            .collect()
    }
}
