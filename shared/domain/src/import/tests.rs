//! Files of our own columns.

use super::*;
use crate::{Rule, Zone, user_fields::FieldChange};

fn errors(file: &str) -> Vec<(u64, String)> {
    let errors = parse(file.as_bytes(), Zone::UTC).unwrap_err();
    errors
        .into_iter()
        .map(|error| (error.line, error.column.unwrap_or_default()))
        .collect()
}

#[test]
fn a_byte_order_mark_quotes_and_any_order_of_columns_are_fine() {
    let file = "\u{FEFF}groups,login_id\r\n\"Sales/Tokyo; Sales\",\"a,b\"\r\n,c\r\n";
    let rows = parse(file.as_bytes(), Zone::UTC).unwrap();
    assert_eq!(rows[0].login_id, "a,b");
    assert_eq!(
        rows[0].groups,
        Some(vec![
            vec!["Sales".into(), "Tokyo".into()],
            vec!["Sales".into()]
        ])
    );
    assert_eq!(rows[1].groups, Some(vec![]));
    assert_eq!(rows[1].changes, []);
}

#[test]
fn an_empty_cell_clears_and_an_empty_status_is_active() {
    let rows = parse(b"login_id,email,status\na,,\n", Zone::UTC).unwrap();
    assert_eq!(
        rows[0].changes,
        [
            FieldChange::Email(None),
            FieldChange::Status(crate::Status::Active)
        ]
    );
}

#[test]
fn every_wrong_line_is_told_with_its_column() {
    let file = "login_id,email,valid_from,language\n\
        a,x@example.com,2026-01-01,en\n\
        ,x@example.com,2026-02-30,en\n\
        b,nowhere,,xx-\n\
        a,,,\n\
        c,\n";
    let told = errors(file);
    let expected = [
        (3, "login_id"),
        (3, "valid_from"),
        (4, "email"),
        (4, "language"),
        (5, "login_id"),
        (6, ""),
    ];
    assert_eq!(
        told,
        expected.map(|(line, column)| (line, column.to_string()))
    );
}

#[test]
fn a_line_break_in_quotes_does_not_shift_the_lines_told() {
    assert_eq!(
        errors("login_id,display_name\na,\"x\ny\"\nb,\n,z\n"),
        [(2, "display_name".into()), (5, "login_id".into())]
    );
}

#[test]
fn a_quote_that_is_not_closed_is_told_and_one_inside_a_cell_is_not() {
    assert_eq!(
        errors("login_id,display_name\na,x\nb,\"y\n"),
        [(3, String::new())]
    );
    assert_eq!(
        errors("login_id,display_name\na,\"x \"\"y\n"),
        [(2, String::new())]
    );
    let rows = parse(
        b"login_id,display_name\na,5\" disk\nb,\"x \"\"y\"\"\"\n",
        Zone::UTC,
    )
    .unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows[1].changes,
        [FieldChange::DisplayName(Some("x \"y\"".into()))]
    );
}

#[test]
fn a_wrong_header_is_told_before_any_line() {
    assert_eq!(
        errors("email,e_mail,email\n,,\n"),
        [(1, "e_mail".into()), (1, "email".into()),]
    );
    assert_eq!(errors(""), [(1, "login_id".into())]);
    let replaced = "login_id,display_name\na,J\u{FFFD}rgen\n";
    let replaced = parse(replaced.as_bytes(), Zone::UTC).unwrap_err();
    assert_eq!(
        (replaced[0].line, &replaced[0].rule),
        (2, &Rule::Encoding { charset: None })
    );

    let not_utf8 = parse(b"login_id\n\xFF\n", Zone::UTC).unwrap_err();
    let probably = Rule::Encoding {
        charset: Some("windows-1252".into()),
    };
    assert_eq!((not_utf8[0].line, &not_utf8[0].rule), (2, &probably));
}

#[test]
fn the_day_named_as_the_end_is_still_valid() {
    let rows = parse(b"login_id,valid_until\na,2026-01-31\n", Zone::TOKYO).unwrap();
    let end = crate::time::instant("2026-01-31T15:00:00Z");
    assert_eq!(rows[0].changes, [FieldChange::ValidUntil(end)]);
}
