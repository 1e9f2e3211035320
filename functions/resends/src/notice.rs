//! Notices: what an operator should know about a resend that is made all the same.

use std::collections::BTreeSet;

use reinvite_domain::{DailyUsage, Resend, ResendId, time::resolve_time};
use reinvite_mail::{MailPart, TemplateMarks};
use serde::Serialize;
use serde_json::{Value, json};

use crate::parse_start::ParsedStart;

/// A notice for the operator. `values` holds the values of the sentence in `detail`, so that a client
/// can say it in another language.
#[derive(Debug, Serialize)]
pub struct Notice {
    r#type: &'static str,
    detail: String,
    values: Value,
}

impl Notice {
    /// The local time of the start occurs twice, and the earlier instant was taken; `None` for any
    /// other start.
    pub fn ambiguous_local_time(start: ParsedStart) -> Option<Self> {
        let ParsedStart { time, time_zone } = start;
        let taken = time.at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let local_time = time_zone.local(time.at).naive_local();

        time.ambiguous.then(|| Self {
            r#type: "ambiguous_local_time",
            detail: format!(
                "In {time_zone} this local time comes twice; the earlier is taken: {taken}."
            ),
            values: json!({"localTime": local_time, "timeZone": time_zone, "at": taken}),
        })
    }

    /// The notices about the start of a resend, which a request gave as this text.
    pub fn of_start(text: Option<&str>, resend: &Resend) -> Vec<Self> {
        let time_zone = resend.time_zone;
        let time = text.and_then(|text| resolve_time(text, time_zone).ok());
        // The resend may have got another start since the request.
        let start = time
            .filter(|time| time.at == resend.start_at)
            .map(|time| ParsedStart { time, time_zone });

        let notice = start.and_then(Self::ambiguous_local_time);
        notice.into_iter().collect()
    }

    /// Users already wait in other resends; `resends` are those that the operator may see.
    pub fn already_scheduled(users: usize, resends: &[ResendId]) -> Self {
        Self {
            r#type: "already_scheduled",
            detail: format!("{users} of these users already wait in another scheduled resend."),
            values: json!({"users": users, "resends": resends}),
        }
    }

    /// The account's daily quota is spent before every mail has left.
    pub fn daily_quota(left: i64) -> Self {
        Self {
            r#type: "daily_quota",
            detail: format!(
                "The daily quota leaves {left} mails on the first day: the others go on the days after."
            ),
            values: json!({"mails": left}),
        }
    }

    /// SES lets the account mail verified addresses only.
    pub fn sandbox() -> Self {
        Self {
            r#type: "sandbox",
            detail: "SES lets this account mail verified addresses only: the others fail.".into(),
            values: json!({}),
        }
    }

    /// SES lets the account send nothing.
    pub fn sending_disabled() -> Self {
        Self {
            r#type: "sending_disabled",
            detail: "SES lets this account send nothing: the resend will pause.".into(),
            values: json!({}),
        }
    }

    /// The organisation's limit leaves too few recipients on the day of the start.
    pub fn daily_limit(usage: DailyUsage, left: u32) -> Self {
        let DailyUsage { day, recipients } = usage;
        Self {
            r#type: "daily_limit",
            detail: format!(
                "It has {recipients} recipients, and the organisation's limit leaves {left} on {day}: \
                 it would be refused."
            ),
            values: json!({"day": day, "recipients": recipients, "left": left}),
        }
    }

    /// Several recipients share one address.
    pub fn same_address(users: usize, addresses: usize) -> Self {
        Self {
            r#type: "same_address",
            detail: format!(
                "{users} of these users share an address: they have {addresses} in all."
            ),
            values: json!({"users": users, "addresses": addresses}),
        }
    }

    /// The template holds marks of other programs.
    pub fn template_marks(marks: &TemplateMarks) -> Self {
        Self {
            r#type: "template_marks",
            detail: marks.to_string(),
            values: json!(marks),
        }
    }

    /// Mails that change no password do not lead to the login page, in these languages and parts.
    pub fn no_login_link(languages: &BTreeSet<String>, parts: &BTreeSet<MailPart>) -> Self {
        let named = |names: Vec<String>| names.join(", ");
        Self {
            r#type: "no_login_link",
            detail: format!(
                "The {} of the mail in {} has no link to log in: write {{{{ login_url }}}}.",
                named(parts.iter().map(ToString::to_string).collect()),
                named(languages.iter().cloned().collect()),
            ),
            values: json!({"languages": languages, "parts": parts}),
        }
    }

    /// Users lack attributes that their mails show: each attribute by name, with the number of users.
    pub fn missing_attributes(missing: &[(&str, u64)]) -> Self {
        let named: Vec<_> = missing
            .iter()
            .map(|(name, users)| format!("{name} ({users})"))
            .collect();
        let values: Vec<_> = missing
            .iter()
            .map(|(name, users)| json!({"name": name, "users": users}))
            .collect();

        Self {
            r#type: "missing_attributes",
            detail: format!(
                "Some of these users lack attributes that the template shows: {}.",
                named.join(", ")
            ),
            values: json!({"attributes": values}),
        }
    }
}
