//! What somebody asks for when making or previewing a resend, and what it means.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use reinvite_domain::{
    Credentials, EarlierLinks, FieldError, Filter, GroupId, KeepReason, Language, ParsedFilter,
    PasswordChange, RequestedPasswordChange, Resend, Selection, SenderProfile, Template,
    TemplateId, User, UserId,
    resend::{MAX_IDS_PREPARED_AT_ONCE, MAX_SELECTION_IDS, latest_start},
    time::{ResolvedTime, resolve_time},
    user_fields::time_zone,
};
use reinvite_mail::TemplateEdit;
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, ProblemKind};
use serde::Deserialize;

use crate::Resends;

/// The body of a request to make or preview a resend, or to invite one user.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Asked {
    /// Not in a request about one user.
    selection: Option<AskedSelection>,
    /// Only there.
    ignore_cooldown: Option<bool>,
    template_id: Option<TemplateId>,
    edit: Option<TemplateEdit>,
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
    pub refinement: Option<ParsedFilter>,
    /// The template, as edited for this resend.
    pub template: Template,
    /// The language variant that was edited.
    pub edited: Option<Language>,
    /// When it starts; of a local time that comes twice the earlier.
    pub start: ResolvedTime,
    /// The zone the operator thinks in.
    pub time_zone: Tz,
    /// What it does to passwords,
    pub password_change: PasswordChange,
    /// but to those of these users.
    pub choices: BTreeMap<UserId, PasswordChange>,
    /// What it does to earlier links.
    pub earlier_links: EarlierLinks,
    /// Whether users who had logged in get the password change, too.
    pub change_for_logged_in: bool,
    /// Whether users are invited again however short ago they were.
    pub ignore_cooldown: bool,
    /// The group of the filter, or of the resend it retries.
    pub group_id: Option<GroupId>,
    /// What every mail says of its sender.
    pub sender_profile: SenderProfile,
    /// The resend whose failed recipients it retries.
    pub retried: Option<Resend>,
}

impl Request {
    /// Whether its recipients are written down while the caller waits.
    #[must_use]
    pub fn is_prepared_at_once(&self) -> bool {
        self.refinement.is_none() && self.ids.len() <= MAX_IDS_PREPARED_AT_ONCE
    }

    /// What happens to the password of a user, and why nothing where something was asked for.
    #[must_use]
    pub fn password_change_of(
        &self,
        user: &User,
        context: &OperatorContext,
        credentials: Credentials,
    ) -> (PasswordChange, Option<KeepReason>) {
        let asked = RequestedPasswordChange {
            change: self.password_change,
            by_user: &self.choices,
            change_for_logged_in: self.change_for_logged_in,
        };
        asked.for_user(user, &context.operator, &context.tree.groups, credentials)
    }

    /// How long after an invitation a user is left alone.
    #[must_use]
    pub fn cooldown(&self, context: &OperatorContext) -> Option<TimeDelta> {
        context
            .organisation
            .settings
            .cooldown()
            .filter(|_| !self.ignore_cooldown)
    }
}

impl Resends {
    /// What is asked for, in the words of the operator's organisation, or every field that is wrong.
    pub(crate) async fn understand(
        &self,
        asked: Asked,
        context: &OperatorContext,
    ) -> Result<Request, Problem> {
        misplaced(
            asked.ignore_cooldown.is_some(),
            "/ignoreCooldown",
            "goes with POST /v1/users/{id}/resend",
        )?;
        let selection = asked.selection.clone();
        misplaced(selection.is_none(), "/selection", "must be there")?;
        let mut wrong = Vec::new();
        let understood = selection
            .map(|selection| selection.understand(context, &mut wrong))
            .unwrap_or_default();
        self.understand_rest(asked, understood, context, wrong)
            .await
    }

    /// The same for one user, whom the operator may see.
    pub(crate) async fn understand_for(
        &self,
        user: UserId,
        asked: Asked,
        context: &OperatorContext,
    ) -> Result<Request, Problem> {
        misplaced(
            asked.selection.is_some(),
            "/selection",
            "goes with POST /v1/resends",
        )?;
        let understood = Understanding {
            ids: vec![user],
            ..Understanding::default()
        };
        self.understand_rest(asked, understood, context, Vec::new())
            .await
    }

    async fn understand_rest(
        &self,
        asked: Asked,
        understood: Understanding,
        context: &OperatorContext,
        mut wrong: Vec<FieldError>,
    ) -> Result<Request, Problem> {
        let settings = &context.organisation.settings;
        let template_id = asked
            .template_id
            .as_ref()
            .unwrap_or(&settings.default_template_id);
        let template = self
            .template(template_id, asked.edit.as_ref(), context, &mut wrong)
            .await?;
        let (start, time_zone) = start(
            asked.start_at.as_deref(),
            asked.time_zone.as_deref(),
            settings.time_zone,
            context.now,
            &mut wrong,
        );
        let credentials = self.credentials();
        let change = |pointer: String, name: &str, wrong: &mut Vec<FieldError>| {
            PasswordChange::parse(name, credentials)
                .map_err(|rule| wrong.push(FieldError::pointer(pointer, &rule)))
                .ok()
        };
        let password_change = asked
            .password_change
            .and_then(|name| change("/passwordChange".into(), &name, &mut wrong));
        if asked.password_change_by_user.len() > MAX_SELECTION_IDS {
            let rule = format!("must name at most {MAX_SELECTION_IDS} users");
            wrong.push(FieldError::pointer("/passwordChangeByUser", &rule));
        }
        let mut choices = BTreeMap::new();
        for (user, name) in asked
            .password_change_by_user
            .into_iter()
            .take(MAX_SELECTION_IDS)
        {
            let pointer = format!("/passwordChangeByUser/{user}");
            choices.extend(change(pointer, &name, &mut wrong).map(|change| (user, change)));
        }
        match (template, start) {
            (Some(template), Some(start)) if wrong.is_empty() => Ok(Request {
                group_id: understood
                    .refinement
                    .as_ref()
                    .and_then(|refinement| refinement.group.clone()),
                selection: understood
                    .filter
                    .map_or(Selection::UserIds, Selection::Filter),
                ids: understood.ids,
                refinement: understood.refinement,
                template,
                edited: asked.edit.map(|edit| edit.language),
                start,
                time_zone,
                password_change: password_change
                    .unwrap_or_else(|| usual(settings.password_change, credentials)),
                choices,
                earlier_links: asked.earlier_links.unwrap_or(settings.earlier_links),
                change_for_logged_in: asked.change_for_logged_in,
                ignore_cooldown: asked.ignore_cooldown.unwrap_or_default(),
                sender_profile: self.sender_profile(context),
                retried: None,
            }),
            _ => Err(Problem::fields(ProblemKind::Invalid, wrong)),
        }
    }
}

/// What the settings ask for, where the deployment can still do it.
fn usual(change: PasswordChange, credentials: Credentials) -> PasswordChange {
    if credentials == Credentials::None {
        PasswordChange::Keep
    } else {
        change
    }
}

/// A field that this call needs, or that belongs to another.
fn misplaced(misplaced: bool, pointer: &str, rule: &str) -> Result<(), Problem> {
    if misplaced {
        Err(Problem::fields(
            ProblemKind::Malformed,
            vec![FieldError::pointer(pointer, rule)],
        ))
    } else {
        Ok(())
    }
}

/// A selection understood.
#[derive(Default)]
struct Understanding {
    filter: Option<Filter>,
    ids: Vec<UserId>,
    refinement: Option<ParsedFilter>,
}

impl AskedSelection {
    fn understand(self, context: &OperatorContext, wrong: &mut Vec<FieldError>) -> Understanding {
        let mut told = |pointer: &str, rule: &str| {
            wrong.push(FieldError::pointer(format!("/selection{pointer}"), rule))
        };
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
        if ids.len() > MAX_SELECTION_IDS {
            told(
                pointer,
                &format!("must name at most {MAX_SELECTION_IDS} users"),
            );
        }
        let Some(filter) = self.filter.filter(|_| is_filter) else {
            return Understanding {
                ids,
                ..Understanding::default()
            };
        };
        let refinement = match filter.parse(context.organisation.settings.time_zone) {
            Ok(refinement) => refinement,
            Err(fields) => {
                for (name, rule) in fields {
                    told(&format!("/filter/{name}"), &rule);
                }
                ParsedFilter::default()
            }
        };
        let visible = |group: &GroupId| {
            context.tree.groups.get(group).is_some()
                && context.operator.group_access(group).is_some()
        };
        if refinement
            .group
            .as_ref()
            .is_some_and(|group| !visible(group))
        {
            told("/filter/group", "is not a group you manage");
        }
        Understanding {
            filter: Some(filter),
            ids,
            refinement: Some(refinement),
        }
    }
}

/// When a resend starts, and the zone the operator thinks in; what is wrong with either is told in `wrong`.
pub fn start(
    start_at: Option<&str>,
    zone: Option<&str>,
    default_zone: Tz,
    now: DateTime<Utc>,
    wrong: &mut Vec<FieldError>,
) -> (Option<ResolvedTime>, Tz) {
    let zone = match zone.map(time_zone) {
        None => default_zone,
        Some(Ok(zone)) => zone,
        Some(Err(rule)) => {
            wrong.push(FieldError::pointer("/timeZone", &rule));
            return (None, default_zone);
        }
    };
    let Some(text) = start_at else {
        return (
            Some(ResolvedTime {
                at: now,
                ambiguous: false,
            }),
            zone,
        );
    };
    let rule = match resolve_time(text, zone) {
        Ok(start) if start.at < now => "must not be in the past".to_string(),
        Ok(start) if start.at > latest_start(now) => "must be at most a year ahead".to_string(),
        Ok(start) => return (Some(start), zone),
        Err(error) => error.to_string(),
    };
    wrong.push(FieldError::pointer("/startAt", &rule));
    (None, zone)
}
