//! Refining users: which of the operator's users a list or a selection is about.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{
    GroupId, GroupTree, Status, User,
    period::{CountRange, When},
    text::folded,
};

/// The refinements as they were written, by the names of the contract: in a query, or as strings or arrays in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Filter {
    /// Members of this group or one below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// One of these statuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<OneOrMany>,
    /// First logged in in this period, or `never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_login: Option<String>,
    /// Signed up in this period, or `never`, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_up: Option<String>,
    /// Last invited in this period, or `never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_invited: Option<String>,
    /// Invited this often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_count: Option<String>,
    /// Exactly this login id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_id: Option<String>,
    /// Contained in name, login id or e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

/// A string with commas, or an array of strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// `"active,suspended"`
    One(String),
    /// `["active", "suspended"]`
    Many(Vec<String>),
}

/// A filter understood.
#[derive(Clone, Debug, Default)]
pub struct ParsedFilter {
    /// Members of this group or one below it.
    pub group: Option<GroupId>,
    /// Exactly this login id.
    pub login_id: Option<String>,
    statuses: Vec<Status>,
    first_login: Option<When>,
    signed_up: Option<When>,
    last_invited: Option<When>,
    invite_count: Option<CountRange>,
    q: Option<String>,
}

impl Filter {
    /// Understands every field, or says of each wrong one its name and the rule. Dates are days of `zone`.
    pub fn parse(&self, zone: Tz) -> Result<ParsedFilter, Vec<(&'static str, String)>> {
        let mut wrong = Vec::new();
        let statuses = match &self.status {
            None => Vec::new(),
            Some(OneOrMany::One(text)) => text.split(',').map(str::to_string).collect(),
            Some(OneOrMany::Many(texts)) => texts.clone(),
        };
        let refinement = ParsedFilter {
            group: field(&mut wrong, "group", self.group.as_ref(), |text| {
                GroupId::new(text).map_err(|error| error.to_string())
            }),
            login_id: self.login_id.clone(),
            statuses: statuses
                .iter()
                .filter_map(|text| {
                    field(&mut wrong, "status", Some(text), |text| {
                        Status::parse(text.trim())
                    })
                })
                .collect(),
            first_login: field(
                &mut wrong,
                "firstLogin",
                self.first_login.as_ref(),
                |text| When::parse(text, zone),
            ),
            signed_up: field(&mut wrong, "signedUp", self.signed_up.as_ref(), |text| {
                When::parse(text, zone)
            }),
            last_invited: field(
                &mut wrong,
                "lastInvited",
                self.last_invited.as_ref(),
                |text| When::parse(text, zone),
            ),
            invite_count: field(
                &mut wrong,
                "inviteCount",
                self.invite_count.as_ref(),
                CountRange::parse,
            ),
            q: self.q.as_deref().map(folded),
        };
        if wrong.is_empty() {
            Ok(refinement)
        } else {
            Err(wrong)
        }
    }
}

fn field<T>(
    wrong: &mut Vec<(&'static str, String)>,
    name: &'static str,
    text: Option<&String>,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    parse(text?).map_err(|rule| wrong.push((name, rule))).ok()
}

impl ParsedFilter {
    /// Whether only users who never logged in are meant: those have an index of their own.
    #[must_use]
    pub fn only_never_logged_in(&self) -> bool {
        self.first_login == Some(When::Never)
    }

    /// Whether the user is one of those meant.
    #[must_use]
    pub fn matches(&self, user: &User, tree: &GroupTree) -> bool {
        let in_group = |id: &GroupId| user.groups.iter().any(|own| tree.is_within(own, id));
        let found = |needle: &String| {
            let email = user.email.as_ref().map_or("", |email| email.as_str());
            [user.name(), &user.login_id, email]
                .iter()
                .any(|text| folded(text).contains(needle))
        };
        self.group.as_ref().is_none_or(in_group)
            && self.login_id.as_ref().is_none_or(|id| *id == user.login_id)
            && (self.statuses.is_empty() || self.statuses.contains(&user.status))
            && self
                .first_login
                .is_none_or(|when| when.matches(user.first_login_at))
            && self
                .signed_up
                .is_none_or(|when| when.matches(user.signed_up_at))
            && self
                .last_invited
                .is_none_or(|when| when.matches(user.last_invited_at))
            && self
                .invite_count
                .is_none_or(|range| range.contains(user.invite_count))
            && self.q.as_ref().is_none_or(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UserId;

    fn user() -> User {
        let mut user = User::new(UserId::new("u").unwrap(), "aiko.tanaka".into());
        user.display_name = Some("田中 アイコ".into());
        user.email = Some("aiko@example.jp".parse().unwrap());
        user.status = Status::Suspended;
        user.invite_count = 2;
        user
    }

    fn matches(json: &str) -> bool {
        let filter: Filter = serde_json::from_str(json).unwrap();
        filter
            .parse(Tz::UTC)
            .unwrap()
            .matches(&user(), &GroupTree::default())
    }

    #[test]
    fn every_refinement_narrows() {
        for hit in [
            "{}",
            r#"{"status": "active,suspended"}"#,
            r#"{"status": ["suspended"]}"#,
            r#"{"firstLogin": "never", "signedUp": "never", "lastInvited": "never"}"#,
            r#"{"inviteCount": "2.."}"#,
            r#"{"loginId": "aiko.tanaka"}"#,
            r#"{"q": "ＡＩＫＯ@"}"#,
            r#"{"q": "ｱｲｺ"}"#,
        ] {
            assert!(matches(hit), "{hit}");
        }
        for miss in [
            r#"{"status": "active"}"#,
            r#"{"firstLogin": "2026-01-01.."}"#,
            r#"{"signedUp": "2026-01-01.."}"#,
            r#"{"lastInvited": "..2026-01-01"}"#,
            r#"{"inviteCount": "0"}"#,
            r#"{"loginId": "aiko"}"#,
            r#"{"group": "g"}"#,
            r#"{"q": "tanaka", "status": "active"}"#,
        ] {
            assert!(!matches(miss), "{miss}");
        }
    }

    #[test]
    fn every_wrong_refinement_is_named() {
        let filter: Filter = serde_json::from_str(
            r#"{"group": "a b", "status": "active,gone", "firstLogin": "x", "signedUp": "2026", "inviteCount": "-"}"#,
        )
        .unwrap();
        let wrong: Vec<_> = filter
            .parse(Tz::UTC)
            .unwrap_err()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(
            wrong,
            ["group", "status", "firstLogin", "signedUp", "inviteCount"]
        );
    }
}
