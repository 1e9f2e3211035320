//! Filters of users: which of the operator's users a list or a selection means.

use serde::{Deserialize, Serialize};

use crate::{
    GroupId, GroupTree, Rule, Status, User, UserInvitationState, Zone,
    period::{CountRange, Occurrence},
    text::{folded, listed_values},
    user_fields::check_login_id,
};

/// A filter as it is written, by the names of the contract: in a query, or as strings or arrays in
/// JSON.
///
/// A stored filter may have no unknown field either, unlike other items: to pass over a criterion of a later
/// version would select users whom it leaves out.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Filter {
    /// Members of this group or of a group below it.
    pub group: Option<String>,
    /// Users with one of these statuses.
    pub status: Option<OneOrMany>,
    /// Users who first logged in in this period, or `never`.
    pub first_login: Option<String>,
    /// Users who signed up in this period, or `never`, as far as is known.
    pub signed_up: Option<String>,
    /// Users who were last invited in this period, or `never`.
    pub last_invited: Option<String>,
    /// Users who were invited this many times.
    pub invite_count: Option<String>,
    /// The user with exactly this login id.
    pub login_id: Option<String>,
    /// Users whose name, login id or e-mail address contains this text.
    pub q: Option<String>,
    /// Users whose last invitation with a secret is in one of these states.
    pub invitation: Option<OneOrMany>,
    /// Users whose address is suppressed, or those whose address is not.
    pub suppressed: Option<TrueOrFalse>,
}

/// `true` or `false`, in JSON also as a text or a list of texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "true or false")]
pub enum TrueOrFalse {
    /// `true`
    Value(bool),
    /// `"true"`, or `["true"]`
    Texts(OneOrMany),
}

/// A string with commas, or an array of strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a text or a list of texts")]
pub enum OneOrMany {
    /// `"active,suspended"`
    One(String),
    /// `["active", "suspended"]`
    Many(Vec<String>),
}

/// The values of [`TrueOrFalse`].
const TRUE_OR_FALSE: [&str; 2] = ["true", "false"];

/// A filter with parsed values. The default matches every user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedFilter {
    /// Members of this group or of a group below it.
    pub group: Option<GroupId>,
    /// The user with exactly this login id.
    pub login_id: Option<String>,
    statuses: Vec<Status>,
    first_login: Option<Occurrence>,
    signed_up: Option<Occurrence>,
    last_invited: Option<Occurrence>,
    invite_count: Option<CountRange>,
    q: Option<String>,
    /// The states of the last invitation; every state if there are none.
    invitations: Vec<UserInvitationState>,
    suppressed: Option<bool>,
}

/// The facts about a user that are stored beside the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailFacts {
    /// The state of the user's last invitation with a secret.
    pub invitation: UserInvitationState,
    /// Whether the user's address is suppressed.
    pub is_suppressed: bool,
}

impl Filter {
    /// Parses every field; fails with the name and the broken rule of each wrong field. Dates are
    /// days in `zone`.
    pub fn parse(&self, zone: Zone) -> Result<ParsedFilter, Vec<(&'static str, Rule)>> {
        let mut fields = FieldParser::default();
        let occurrence = |text: &str| Occurrence::parse(text, zone);
        let statuses = fields.texts("status", self.status.as_ref());
        let invitations = fields.texts("invitation", self.invitation.as_ref());

        let filter = ParsedFilter {
            group: fields.parse("group", self.group.as_deref(), |text| GroupId::new(text)),
            login_id: fields.parse("loginId", self.login_id.as_deref(), |text| {
                check_login_id(text).map(|()| text.to_owned())
            }),
            statuses: statuses
                .into_iter()
                .filter_map(|text| fields.parse("status", Some(text.trim()), Status::parse))
                .collect(),
            first_login: fields.parse("firstLogin", self.first_login.as_deref(), occurrence),
            signed_up: fields.parse("signedUp", self.signed_up.as_deref(), occurrence),
            last_invited: fields.parse("lastInvited", self.last_invited.as_deref(), occurrence),
            invite_count: fields.parse(
                "inviteCount",
                self.invite_count.as_deref(),
                CountRange::parse,
            ),
            q: self.q.as_deref().map(folded),
            invitations: invitations
                .into_iter()
                .filter_map(|text| {
                    fields.parse("invitation", Some(text.trim()), UserInvitationState::parse)
                })
                .collect(),
            suppressed: match &self.suppressed {
                Some(TrueOrFalse::Value(value)) => Some(*value),
                Some(TrueOrFalse::Texts(texts)) => fields.true_or_false("suppressed", texts),
                None => None,
            },
        };

        if fields.errors.is_empty() {
            Ok(filter)
        } else {
            Err(fields.errors)
        }
    }
}

impl OneOrMany {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::One(text) => listed_values(text).collect(),
            Self::Many(texts) => texts.iter().map(String::as_str).collect(),
        }
    }
}

/// Parses fields and collects their errors.
#[derive(Default)]
struct FieldParser {
    errors: Vec<(&'static str, Rule)>,
}

impl FieldParser {
    /// The values of a list; one that names none is refused.
    fn texts<'a>(&mut self, name: &'static str, list: Option<&'a OneOrMany>) -> Vec<&'a str> {
        let texts = list.map(OneOrMany::texts);
        if texts.as_ref().is_some_and(Vec::is_empty) {
            self.refuse(name, Rule::Empty);
        }
        texts.unwrap_or_default()
    }

    /// The value that every text has; `None` where both values are named, which is no restriction.
    fn true_or_false(&mut self, name: &'static str, texts: &OneOrMany) -> Option<bool> {
        let values: Vec<bool> = self
            .texts(name, Some(texts))
            .into_iter()
            .filter_map(|text| {
                self.parse(name, Some(text.trim()), |text| {
                    text.parse()
                        .map_err(|_| Rule::unknown_value(&TRUE_OR_FALSE))
                })
            })
            .collect();
        let first = values.first().copied()?;
        values.iter().all(|value| *value == first).then_some(first)
    }

    fn parse<T>(
        &mut self,
        name: &'static str,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, Rule>,
    ) -> Option<T> {
        parse(text?).map_err(|rule| self.refuse(name, rule)).ok()
    }

    fn refuse(&mut self, name: &'static str, rule: Rule) {
        self.errors.push((name, rule));
    }
}

impl ParsedFilter {
    /// The filter that matches users whose name, login id or e-mail address contains a text.
    #[must_use]
    pub fn with_text(text: &str) -> Self {
        Self {
            q: Some(folded(text)),
            ..Self::default()
        }
    }

    /// Whether the filter only matches users who never logged in: they have an index of their own.
    #[must_use]
    pub fn only_never_logged_in(&self) -> bool {
        self.first_login == Some(Occurrence::Never)
    }

    /// Whether the filter matches every user of a list: the list of its group, or of the organisation,
    /// or of the users among them who never logged in.
    #[must_use]
    pub fn matches_whole_list(&self) -> bool {
        let beside_the_list = Self {
            group: None,
            first_login: self.first_login.filter(|login| *login != Occurrence::Never),
            ..self.clone()
        };
        beside_the_list.matches_everyone()
    }

    /// Whether the filter asks for facts that are stored beside a user.
    #[must_use]
    pub fn asks_for_facts(&self) -> bool {
        !self.invitations.is_empty() || self.suppressed.is_some()
    }

    /// The states of the last invitation that the filter selects; every state if there are none.
    #[must_use]
    pub fn invitations(&self) -> &[UserInvitationState] {
        &self.invitations
    }

    /// Whether the facts that are stored beside a user match.
    #[must_use]
    pub fn matches_facts(&self, facts: MailFacts) -> bool {
        (self.invitations.is_empty() || self.invitations.contains(&facts.invitation))
            && self
                .suppressed
                .is_none_or(|wanted| wanted == facts.is_suppressed)
    }

    /// Whether the filter has no criterion, and so matches every user.
    #[must_use]
    pub fn matches_everyone(&self) -> bool {
        *self
            == Self {
                q: self.q.clone().filter(String::is_empty),
                ..Self::default()
            }
    }

    /// Whether the filter matches the user, as far as the user's own item says.
    /// [`ParsedFilter::matches_facts`] says the rest.
    #[must_use]
    pub fn matches(&self, user: &User, tree: &GroupTree) -> bool {
        let is_in_group = |id: &GroupId| user.groups.iter().any(|own| tree.is_within(own, id));
        let has_text = |needle: &String| {
            let email = user.email.as_ref().map_or("", |email| email.as_str());
            [user.name(), &user.login_id, email]
                .iter()
                .any(|text| folded(text).contains(needle))
        };

        self.group.as_ref().is_none_or(is_in_group)
            && self.login_id.as_ref().is_none_or(|id| *id == user.login_id)
            && (self.statuses.is_empty() || self.statuses.contains(&user.status))
            && self.matches_history(user)
            && self.q.as_ref().is_none_or(has_text)
    }

    fn matches_history(&self, user: &User) -> bool {
        let occurred =
            |wanted: Option<Occurrence>, at| wanted.is_none_or(|wanted| wanted.matches(at));

        occurred(self.first_login, user.first_login_at)
            && occurred(self.signed_up, user.signed_up_at)
            && occurred(self.last_invited, user.last_invited_at)
            && self
                .invite_count
                .is_none_or(|range| range.contains(user.invite_count))
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
            .parse(Zone::UTC)
            .unwrap()
            .matches(&user(), &GroupTree::default())
    }

    #[test]
    fn every_refinement_narrows() {
        for hit in [
            "{}",
            r#"{"status": "active,suspended"}"#,
            r#"{"status": ["suspended"]}"#,
            r#"{"status": "suspended,"}"#,
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
    fn a_list_that_names_no_status_does_not_match_everybody() {
        for (name, empty) in [
            ("status", r#"{"status": ","}"#),
            ("status", r#"{"status": []}"#),
            ("invitation", r#"{"invitation": ""}"#),
        ] {
            let filter: Filter = serde_json::from_str(empty).unwrap();
            let wrong = filter.parse(Zone::UTC).unwrap_err();
            assert_eq!(wrong, [(name, Rule::Empty)], "{empty}");
        }
    }

    #[test]
    fn facts_beside_the_user_narrow_too() {
        let facts = MailFacts {
            invitation: UserInvitationState::Expired,
            is_suppressed: true,
        };
        for (json, expected) in [
            ("{}", true),
            (r#"{"invitation": "pending,expired"}"#, true),
            (r#"{"invitation": ["expired"], "suppressed": "true"}"#, true),
            (r#"{"suppressed": true}"#, true),
            (r#"{"suppressed": ["true"]}"#, true),
            (r#"{"suppressed": ["false"]}"#, false),
            (r#"{"suppressed": "true,false"}"#, true),
            (r#"{"invitation": "none"}"#, false),
            (r#"{"suppressed": false}"#, false),
            (r#"{"invitation": "expired", "suppressed": "false"}"#, false),
        ] {
            let filter: Filter = serde_json::from_str(json).unwrap();
            let parsed = filter.parse(Zone::UTC).unwrap();
            assert_eq!(parsed.matches_facts(facts), expected, "{json}");
        }
    }

    #[test]
    fn a_filter_without_criteria_matches_everyone() {
        let matches_everyone = |json: &str| {
            let filter: Filter = serde_json::from_str(json).unwrap();
            filter.parse(Zone::UTC).unwrap().matches_everyone()
        };
        for everyone in ["{}", r#"{"group": null}"#, r#"{"q": ""}"#] {
            assert!(matches_everyone(everyone), "{everyone}");
        }
        for some in [
            r#"{"group": "g"}"#,
            r#"{"status": "active"}"#,
            r#"{"firstLogin": "never"}"#,
            r#"{"inviteCount": "0"}"#,
            r#"{"loginId": "a"}"#,
            r#"{"q": "a"}"#,
            r#"{"invitation": "none"}"#,
            r#"{"suppressed": "false"}"#,
        ] {
            assert!(!matches_everyone(some), "{some}");
        }
    }

    #[test]
    fn a_group_and_users_who_never_logged_in_are_whole_lists() {
        let parsed = |json: &str| {
            let filter: Filter = serde_json::from_str(json).unwrap();
            filter.parse(Zone::UTC).unwrap()
        };
        for whole in [
            "{}",
            r#"{"group": "g"}"#,
            r#"{"firstLogin": "never"}"#,
            r#"{"group": "g", "firstLogin": "never", "q": ""}"#,
        ] {
            assert!(parsed(whole).matches_whole_list(), "{whole}");
        }
        for part in [
            r#"{"firstLogin": "2026-01-01.."}"#,
            r#"{"group": "g", "status": "active"}"#,
            r#"{"loginId": "a"}"#,
            r#"{"invitation": "none"}"#,
            r#"{"suppressed": "false"}"#,
        ] {
            assert!(!parsed(part).matches_whole_list(), "{part}");
        }
        assert!(parsed(r#"{"invitation": "none"}"#).asks_for_facts());
        assert!(parsed(r#"{"suppressed": "false"}"#).asks_for_facts());
        assert!(!parsed(r#"{"group": "g", "q": "a"}"#).asks_for_facts());
    }

    #[test]
    fn every_wrong_refinement_is_named() {
        let filter: Filter = serde_json::from_str(
            r#"{"group": "a b", "status": "active,gone", "firstLogin": "x", "signedUp": "2026", "inviteCount": "-",
                "invitation": "valid", "suppressed": "yes"}"#,
        )
        .unwrap();
        let wrong: Vec<_> = filter
            .parse(Zone::UTC)
            .unwrap_err()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(
            wrong,
            [
                "group",
                "status",
                "firstLogin",
                "signedUp",
                "inviteCount",
                "invitation",
                "suppressed"
            ]
        );
    }
}
