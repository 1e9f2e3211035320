//! Properties of the files that are read.

use csv::{QuoteStyle, Terminator, WriterBuilder};
use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::{
    Rule, Zone,
    text::is_format_character,
    user_fields::{FieldChange, UserField},
};
use strum::VariantArray;

/// A login id and a name.
type Cells = (String, String);

/// A way to write a file.
#[derive(Clone, Debug)]
struct Spelling {
    separator: u8,
    quotes: QuoteStyle,
    end: Terminator,
    names_separator: bool,
    encoding: FileEncoding,
}

#[derive(Clone, Copy, Debug)]
enum FileEncoding {
    Utf8,
    Utf8Marked,
    Utf16Little,
    Utf16Big,
}

fn spellings() -> impl Strategy<Value = Spelling> {
    let quotes = select(vec![QuoteStyle::Necessary, QuoteStyle::Always]);
    let end = select(vec![
        Terminator::CRLF,
        Terminator::Any(b'\n'),
        Terminator::Any(b'\r'),
    ]);
    let encoding = select(vec![
        FileEncoding::Utf8,
        FileEncoding::Utf8Marked,
        FileEncoding::Utf16Little,
        FileEncoding::Utf16Big,
    ]);
    let separator = select(vec![b',', b';', b'\t']);
    (separator, quotes, end, any::<bool>(), encoding).prop_map(
        |(separator, quotes, end, names_separator, encoding)| Spelling {
            separator,
            quotes,
            end,
            names_separator,
            encoding,
        },
    )
}

/// Lines with login ids that differ, and with names in which every separator and quote occurs.
fn lines() -> impl Strategy<Value = Vec<Cells>> {
    vec("[a-zA-Z0-9,;\" '=@é山ｱ😀]{0,20}", 1..20).prop_map(|names| {
        let numbered = names.into_iter().enumerate();
        numbered
            .map(|(number, name)| (format!("u{number}"), name))
            .collect()
    })
}

fn written(lines: &[Cells], spelling: &Spelling) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .delimiter(spelling.separator)
        .quote_style(spelling.quotes)
        .terminator(spelling.end)
        .from_writer(Vec::new());
    writer.write_record(["login_id", "display_name"]).unwrap();
    for (login_id, name) in lines {
        writer.write_record([login_id, name]).unwrap();
    }

    let mut text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    if spelling.names_separator {
        text.insert_str(0, &format!("sep={}\r\n", char::from(spelling.separator)));
    }
    match spelling.encoding {
        FileEncoding::Utf8 => text.into_bytes(),
        FileEncoding::Utf8Marked => format!("\u{FEFF}{text}").into_bytes(),
        FileEncoding::Utf16Little => in_utf_16(&text, u16::to_le_bytes),
        FileEncoding::Utf16Big => in_utf_16(&text, u16::to_be_bytes),
    }
}

fn in_utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let marked = format!("\u{FEFF}{text}");
    marked.encode_utf16().flat_map(bytes).collect()
}

/// The login ids and the changes of a file, without its lines.
fn read(file: &[u8]) -> Vec<(String, Vec<FieldChange>)> {
    let rows = parse(file, Zone::UTC).unwrap();
    rows.into_iter()
        .map(|row| (row.login_id, row.changes))
        .collect()
}

fn format_characters() -> Vec<char> {
    ('\0'..=char::MAX)
        .filter(|character| is_format_character(*character))
        .collect()
}

/// A name of a column as somebody else spells it.
fn respelled(name: &str, seed: &[u8]) -> String {
    let mut spelled = String::new();
    for (index, letter) in name.chars().filter(|letter| *letter != '_').enumerate() {
        match seed.get(index).copied().unwrap_or_default() % 6 {
            0 => spelled.extend(letter.to_uppercase()),
            1 => spelled.extend([' ', letter]),
            2 => spelled.extend(['_', letter]),
            3 => spelled.extend(['-', letter]),
            // The full-width form.
            4 => spelled.extend(char::from_u32(u32::from(letter) + 0xFEE0)),
            _ => spelled.push(letter),
        }
    }
    spelled
}

proptest! {
    #[test]
    fn a_file_reads_the_same_however_it_is_written(lines in lines(), spelling in spellings()) {
        let plain = Spelling {
            separator: b',',
            quotes: QuoteStyle::Necessary,
            end: Terminator::CRLF,
            names_separator: false,
            encoding: FileEncoding::Utf8,
        };
        let expected = read(&written(&lines, &plain));
        prop_assert_eq!(expected.len(), lines.len());
        prop_assert_eq!(read(&written(&lines, &spelling)), expected);
    }

    #[test]
    fn a_named_encoding_reads_as_utf_8_does(name in "[あ-んア-ン山田太郎花子東京営業部一二三]{1,20}") {
        let text = format!("login_id,display_name\nu,{name}\n");
        for label in ["shift_jis", "euc-jp"] {
            let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
            let (bytes, _, is_lossy) = encoding.encode(&text);
            prop_assert!(!is_lossy);
            let charset = Some(Charset::parse(label).unwrap());
            let options = ImportOptions { charset, ..ImportOptions::default() };
            let file = parse_file(&bytes, &options, Zone::UTC).unwrap();
            prop_assert_eq!(&file.rows, &parse(text.as_bytes(), Zone::UTC).unwrap());
        }
    }

    #[test]
    fn every_spelling_of_a_column_is_that_column(
        field in select(UserField::VARIANTS),
        seed in vec(any::<u8>(), 20),
        suffix in select(vec!["", " [Required]", "(必須)", " [READ ONLY] "]),
    ) {
        let name = format!("{}{suffix}", respelled(field.column(), &seed));
        let key = if field == UserField::LoginId { String::new() } else { "login_id,".into() };
        let text = ImportText::decode(format!("{key}{name}\n").as_bytes(), None).unwrap();
        let file = text.parse(&ImportOptions::default(), Zone::UTC).unwrap();
        let last = file.columns.last().unwrap();
        prop_assert_eq!(&*last.r#as, field.column());
    }

    #[test]
    fn a_format_character_in_a_login_id_is_refused_and_a_blank_around_it_goes(
        character in select(format_characters()),
        blank in select(vec![' ', '\t', '\u{A0}', '\u{3000}', '\u{2003}']),
    ) {
        let file = format!("login_id\na{character}b\n");
        let errors = parse(file.as_bytes(), Zone::UTC).unwrap_err();
        let is_refused = matches!(errors[0].rule, Rule::InvisibleCharacter { .. });
        prop_assert!(is_refused, "{:?}", errors);

        let file = format!("login_id,email\n{blank}ab{blank},\n");
        prop_assert_eq!(&parse(file.as_bytes(), Zone::UTC).unwrap()[0].login_id, "ab");
    }

    #[test]
    fn parts_read_as_the_whole_file_and_know_its_lines(
        lines in lines(),
        spelling in spellings(),
        wrong in vec(any::<bool>(), 20),
        size in 1_usize..7,
    ) {
        let marked: Vec<Cells> = lines
            .into_iter()
            .zip(wrong)
            .map(|((id, name), is_wrong)| if is_wrong { (format!("{id}\u{AD}"), name) } else { (id, name) })
            .collect();
        let file = written(&marked, &spelling);
        let options = ImportOptions { on_error: OnError::Skip, ..ImportOptions::default() };
        let text = ImportText::decode(&file, None).unwrap();
        let whole = text.parse(&options, Zone::UTC).unwrap();

        let parts = text.parts(&whole, size).unwrap();
        prop_assert!(parts.iter().all(|part| part.lines.len() <= size));
        let rows = parts.iter().flat_map(|part| {
            let rows = parse(&part.csv, Zone::UTC).unwrap();
            let at = |line: u64| part.lines[usize::try_from(line).unwrap() - 2];
            rows.into_iter().map(|row| ImportRow { line: at(row.line), ..row }).collect::<Vec<_>>()
        });
        prop_assert_eq!(rows.collect::<Vec<_>>(), whole.rows);
    }
}
