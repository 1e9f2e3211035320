//! `POST /v1/templates/preview`

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use reinvite_domain::{
    Credentials, FieldError, FieldLocation, Language, PasswordChange, User, UserId, Variant,
    deserialize_registered,
};
use reinvite_mail::{
    CompiledTemplate, CompiledVariant, Mail, MailPart, RenderError, VariantSource, check_variant,
    clean_variant,
};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, JsonBody, Problem};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_with::skip_serializing_none;

use crate::function::TemplatesFunction;
use crate::permissions::require_template_manager;
use crate::sample_mail::{
    WantedMail, find_visible_user, not_renderable, parse_password_change, render_for_user,
};
use crate::template_notice::TemplateNotice;

/// One language variant of a template that need not be stored, and for whom to render it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourcePreviewRequest {
    subject: String,
    html: String,
    text: Option<String>,
    #[serde(rename = "textMade")]
    _text_made: Option<IgnoredAny>,
    #[serde(deserialize_with = "deserialize_registered")]
    language: Language,
    user_id: Option<UserId>,
    password_change: Option<String>,
}

/// The mail that the sources make, and everything that is wrong with them.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourcePreview {
    /// The mail of the sources; of the cleaned ones, where only what may go is wrong.
    mail: Option<Mail>,
    /// The findings, as storing the sources would answer them.
    findings: Vec<Finding>,
    /// The HTML without what may go; absent where nothing may.
    cleaned_source: Option<String>,
    notices: Option<[TemplateNotice; 1]>,
}

/// A finding: an error with the part of the mail that has it.
#[skip_serializing_none]
#[derive(Serialize)]
struct Finding {
    part: Option<MailPart>,
    #[serde(flatten)]
    error: FieldError,
}

/// The recipient of a preview: a user, or else an invented one.
struct Recipient {
    user: Option<User>,
    change: PasswordChange,
    /// Other changes to try where the mail lacks something with the first, because none was asked for.
    other_changes: Vec<PasswordChange>,
}

/// Shows the mail that sources make, and their findings. It stores nothing.
pub async fn preview_source(
    State(function): State<TemplatesFunction>,
    Caller(context): Caller,
    JsonBody { value: request, .. }: JsonBody<SourcePreviewRequest>,
) -> Result<Json<SourcePreview>, Problem> {
    require_template_manager(&context)?;
    let recipient = Recipient::find(&function, &context, &request).await?;

    let language = request.language;
    let source = VariantSource {
        subject: request.subject,
        html: request.html,
        text: request.text,
        text_made: None,
    };
    let cleaned_source = clean(&language, &source);
    let variant = source.clone().into_variant(None);
    let mut findings = find_defects(&language, &variant);

    let sendable = if findings.is_empty() {
        Some(variant.clone())
    } else {
        let cleaned = cleaned_source
            .clone()
            .map(|html| VariantSource { html, ..source });
        let cleaned = cleaned.map(|source| source.into_variant(None));
        cleaned.filter(|variant| find_defects(&language, variant).is_empty())
    };
    let rendered = match sendable {
        Some(variant) => Some(
            recipient
                .render(&function, &context, &language, variant)
                .await?,
        ),
        None => None,
    };
    let mail = match rendered {
        Some(Ok(mail)) => Some(mail),
        Some(Err(error)) => {
            findings.push(error);
            None
        }
        None => None,
    };

    let notice = TemplateNotice::of_marks(&BTreeMap::from([(language, variant)]));
    Ok(Json(SourcePreview {
        mail,
        findings: findings.into_iter().map(Finding::from).collect(),
        cleaned_source,
        notices: notice.map(|notice| [notice]),
    }))
}

/// The HTML without what may go; `None` where nothing may.
fn clean(language: &Language, source: &VariantSource) -> Option<String> {
    let mut html = source.html.clone();
    clean_variant("", language, &mut html);
    (html != source.html).then_some(html)
}

fn find_defects(language: &Language, variant: &Variant) -> Vec<FieldError> {
    let defects = check_variant("", language, variant).err();
    let defects = defects.unwrap_or_default().into_iter();
    defects.map(FieldError::from).collect()
}

impl Recipient {
    async fn find(
        function: &TemplatesFunction,
        context: &OperatorContext,
        request: &SourcePreviewRequest,
    ) -> Result<Self, Problem> {
        let change = request.password_change.as_deref();
        Ok(Self {
            other_changes: match change {
                None if function.credentials != Credentials::None => PasswordChange::ALL.to_vec(),
                _ => Vec::new(),
            },
            change: parse_password_change(function, change)?,
            user: match &request.user_id {
                Some(id) => Some(find_visible_user(function, context, id).await?),
                None => None,
            },
        })
    }

    /// Renders the mail with the first password change that gives it all that it needs; the inner error,
    /// that of the first change, is a finding.
    async fn render(
        &self,
        function: &TemplatesFunction,
        context: &OperatorContext,
        language: &Language,
        variant: Variant,
    ) -> Result<Result<Mail, FieldError>, Problem> {
        let compiled = match CompiledTemplate::new([(language.clone(), variant.clone())]) {
            Ok(compiled) => compiled,
            Err(error) => return Ok(Err(in_part(&error))),
        };

        let render = async |change| match &self.user {
            Some(user) => {
                let language = language.clone();
                let wanted = WantedMail {
                    user,
                    language,
                    change,
                };
                let rendered = render_for_user(function, context, &compiled, wanted).await?;
                Ok::<_, Problem>(rendered.map_err(|error| not_renderable(&error, &user.id)))
            }
            None => Ok(CompiledVariant::new(language.as_str(), &variant)
                .and_then(|compiled| compiled.render_sample(change))
                .map_err(|error| in_part(&error))),
        };
        let first = render(self.change).await?;
        if first.is_ok() {
            return Ok(first);
        }
        for &change in &self.other_changes {
            if let Ok(mail) = render(change).await? {
                return Ok(Ok(mail));
            }
        }
        Ok(first)
    }
}

/// A defect of the sources, whoever the user is.
fn in_part(error: &RenderError) -> FieldError {
    let pointer = format!("/{}", error.part);
    FieldError::pointer(pointer, error.defect.clone()).at(error.position)
}

impl From<FieldError> for Finding {
    fn from(error: FieldError) -> Self {
        let part = match &error.location {
            FieldLocation::Pointer(pointer) => pointer.trim_start_matches('/').parse().ok(),
            FieldLocation::Parameter(_) => None,
        };
        Self { part, error }
    }
}
