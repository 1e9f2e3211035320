//! What somebody asks for when making or previewing a resend, and what it means.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use reinvite_aws::Acting;
use reinvite_domain::{
    EarlierLinks, FieldError, Filter, GroupId, PasswordChange, Refinement, Selection, Template, TemplateId, UserId,
    resend::{FURTHEST, MOST_USER_IDS, PREPARED_AT_ONCE},
    time::{Understood, understand},
    user_fields::time_zone,
};
use reinvite_web::{Kind, Problem};
use serde::Deserialize;

use crate::template;

/// The body of a request to make or preview a resend.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Asked {
    selection: AskedSelection,
    template_id: Option<TemplateId>,
    start_at: Option<String>,
    time_zone: Option<String>,
    password_change: Option<String>,
    #[serde(default)]
    password_change_by_user: BTreeMap<UserId, String>,
    #[serde(default)]
    change_for_logged_in: bool,
    earlier_links: Option<EarlierLinks>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AskedSelection {
    user_ids: Option<Vec<UserId>>,
    filter: Option<Filter>,
    except: Option<Vec<UserId>>,
}

/// What it means.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whom it is for.
    pub selection: Selection,
    /// The ids of the selection, or for a filter those it leaves out; in their order, each once.
    pub ids: Vec<UserId>,
    /// The filter understood.
    pub refinement: Option<Refinement>,
    /// The template.
    pub template: Template,
    /// When it starts; of a local time that comes twice the earlier.
    pub start: Understood,
    /// The zone the operator thinks in.
    pub time_zone: Tz,
    /// What it does to passwords.
    pub password_change: PasswordChange,
    /// What it does to earlier links.
    pub earlier_links: EarlierLinks,
    /// Whether users who had logged in get the password change, too.
    pub change_for_logged_in: bool,
}

impl Request {
    /// The group of the selection's filter.
    #[must_use]
    pub fn group(&self) -> Option<&GroupId> {
        self.refinement.as_ref().and_then(|refinement| refinement.group.as_ref())
    }

    /// Whether its recipients are written down while the caller waits.
    #[must_use]
    pub fn is_prepared_at_once(&self) -> bool {
        self.refinement.is_none() && self.ids.len() <= PREPARED_AT_ONCE
    }
}

impl Asked {
    /// What is asked for, in the words of the operator's organisation, or every field that is wrong.
    pub fn understand(self, acting: &Acting) -> Result<Request, Problem> {
        let settings = &acting.organisation.settings;
        let mut wrong = Vec::new();
        let (selection, ids, refinement) = self.selection.understand(acting, &mut wrong);
        let template_id = self.template_id.as_ref().unwrap_or(&settings.default_template_id);
        let template = template::find(template_id);
        if template.is_none() {
            wrong.push(FieldError::pointer("/templateId", "is not a template of this organisation"));
        }
        let (start, zone) =
            start(self.start_at.as_deref(), self.time_zone.as_deref(), settings.time_zone, acting.now, &mut wrong);
        let by_user =
            self.password_change_by_user.iter().map(|(user, change)| (format!("/passwordChangeByUser/{user}"), change));
        let whole = self.password_change.iter().map(|change| ("/passwordChange".to_string(), change));
        for (pointer, change) in whole.chain(by_user) {
            if change != "keep" {
                wrong.push(FieldError::pointer(pointer, "must be keep: this deployment leaves passwords to the LMS"));
            }
        }
        match (template, start) {
            (Some(template), Some(start)) if wrong.is_empty() => Ok(Request {
                selection,
                ids,
                refinement,
                template,
                start,
                time_zone: zone,
                password_change: settings.password_change,
                earlier_links: self.earlier_links.unwrap_or(settings.earlier_links),
                change_for_logged_in: self.change_for_logged_in,
            }),
            _ => Err(Problem::fields(Kind::Invalid, wrong)),
        }
    }
}

impl AskedSelection {
    fn understand(self, acting: &Acting, wrong: &mut Vec<FieldError>) -> (Selection, Vec<UserId>, Option<Refinement>) {
        let mut told =
            |pointer: &str, rule: &str| wrong.push(FieldError::pointer(format!("/selection{pointer}"), rule));
        let (is_filter, pointer, ids) = match (&self.user_ids, &self.filter, &self.except) {
            (Some(ids), None, None) => (false, "/userIds", ids.clone()),
            (None, Some(_), except) => (true, "/except", except.clone().unwrap_or_default()),
            (Some(_), None, Some(_)) => {
                told("/except", "goes with a filter");
                (false, "/except", Vec::new())
            }
            _ => {
                told("", "must have either userIds or a filter");
                (false, "", Vec::new())
            }
        };
        if pointer == "/userIds" && ids.is_empty() {
            told(pointer, "must name at least one user");
        }
        let mut ids = ids;
        ids.sort();
        ids.dedup();
        if ids.len() > MOST_USER_IDS {
            told(pointer, &format!("must name at most {MOST_USER_IDS} users"));
        }
        let Some(filter) = self.filter.filter(|_| is_filter) else { return (Selection::UserIds, ids, None) };
        let refinement = match filter.understand(acting.organisation.settings.time_zone) {
            Ok(refinement) => refinement,
            Err(fields) => {
                for (name, rule) in fields {
                    told(&format!("/filter/{name}"), &rule);
                }
                Refinement::default()
            }
        };
        let visible =
            |group: &GroupId| acting.tree.groups.get(group).is_some() && acting.operator.group_access(group).is_some();
        if refinement.group.as_ref().is_some_and(|group| !visible(group)) {
            told("/filter/group", "is not a group you manage");
        }
        (Selection::Filter(filter), ids, Some(refinement))
    }
}

fn start(
    start_at: Option<&str>,
    zone: Option<&str>,
    default_zone: Tz,
    now: DateTime<Utc>,
    wrong: &mut Vec<FieldError>,
) -> (Option<Understood>, Tz) {
    let zone = match zone.map(time_zone) {
        None => default_zone,
        Some(Ok(zone)) => zone,
        Some(Err(rule)) => {
            wrong.push(FieldError::pointer("/timeZone", &rule));
            return (None, default_zone);
        }
    };
    let Some(text) = start_at else { return (Some(Understood { at: now, ambiguous: false }), zone) };
    let rule = match understand(text, zone) {
        Ok(start) if start.at < now => "must not be in the past".to_string(),
        Ok(start) if start.at > now + FURTHEST => "must be at most a year ahead".to_string(),
        Ok(start) => return (Some(start), zone),
        Err(error) => error.to_string(),
    };
    wrong.push(FieldError::pointer("/startAt", &rule));
    (None, zone)
}
