//! The notice to a former address that the address of a user was changed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reinvite_domain::{
    EmailAddress, MailValues, OrganisationId, SenderProfile, User, outbox::AddressNotice,
};
use reinvite_mail::{CompiledTemplate, PasswordPart, address_changed_variants};
use reinvite_store::OperatorContext;

use super::draft::{Draft, is_suppressed, to_send};
use crate::{Engine, Error};

/// Decides about the next notice of a user. It does not name the new address, and has no link: its
/// reader may not be the user.
pub(super) async fn draft(
    engine: &Engine,
    organisation: &OrganisationId,
    notice: &AddressNotice,
    now: DateTime<Utc>,
) -> Result<Draft, Error> {
    let Some(former) = notice.waiting.first() else {
        return Ok(Draft::Drop("no address waits for a notice"));
    };
    let (context, user) = engine
        .store()
        .responsible_operator(organisation, &notice.operator, &notice.user, now)
        .await?;
    let Some(user) = user else {
        return Ok(Draft::Drop("the user was deleted"));
    };
    if is_suppressed(engine, organisation, &former.address).await? {
        return Ok(Draft::Drop("the address is suppressed"));
    }

    render(&context, &user, &former.address)
}

fn render(context: &OperatorContext, user: &User, to: &EmailAddress) -> Result<Draft, Error> {
    let profile = SenderProfile::new(&context.organisation, "");
    let template = CompiledTemplate::new(address_changed_variants()).map_err(Error::Template)?;
    let language = template
        .choose_language(user.language.as_ref(), &profile.language)
        .ok_or(Error::TemplateWithoutLanguage)?;
    let values = MailValues {
        language,
        name: user.name().into(),
        login_id: user.login_id.clone(),
        email: to.as_str().into(),
        groups: Vec::new(),
        group_ids: Vec::new(),
        operator_name: context.operator.user.name().into(),
        invitation: user.invite_count,
        secret: None,
        attributes: BTreeMap::new(),
    };

    let rendered = template
        .render(&values, &profile, PasswordPart::Keep)
        .ok_or(Error::TemplateWithoutLanguage)?;
    Ok(match rendered {
        Ok(mail) => to_send(profile, to.clone(), mail, ("notice", "1".into())),
        Err(_) => Draft::Drop("it cannot be rendered"),
    })
}
