//! When a mail in doubt has no point any more: its second attempt ends with a reason.

use crate::{ExclusionReason, LinkGenerations, Recipient, User};

impl ExclusionReason {
    /// Whether the reason makes a mail pointless, so that it does not matter any more whether it
    /// arrived.
    ///
    /// Any other reason only forbids another mail for now: the recipient stays in doubt.
    #[must_use]
    pub const fn makes_mail_pointless(self) -> bool {
        matches!(
            self,
            Self::LoggedIn | Self::Accepted | Self::AddressChanged | Self::LinkEnded
        )
    }
}

impl Recipient {
    /// Returns why the mail in doubt must not be repeated to a user who may be mailed: it would go
    /// to an old address, or its link or temporary password is used or has ended.
    #[must_use]
    pub fn outdated(&self, user: &User, links: &LinkGenerations) -> Option<ExclusionReason> {
        let mail = self.mail.as_ref()?;
        let generation = mail.secret.as_ref().map(|secret| secret.generation);
        let is_used = |generation: &u32| {
            let used = links.used.as_ref();
            used.is_some_and(|used| used.generation >= *generation)
        };
        let is_same_address = user
            .email
            .as_ref()
            .is_some_and(|email| email.folded() == mail.email.to_lowercase());

        if generation.as_ref().is_some_and(is_used) {
            Some(ExclusionReason::Accepted)
        } else if !is_same_address {
            Some(ExclusionReason::AddressChanged)
        } else if generation.is_some_and(|generation| !links.is_open(generation)) {
            Some(ExclusionReason::LinkEnded)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::{option, prelude::*, sample::select};

    use std::collections::BTreeMap;

    use super::*;
    use crate::{Language, MailValues, PasswordChange, SecretInputs, UsedLink, UserId};

    fn recipient(email: &str, generation: Option<u32>) -> Recipient {
        let secret = generation.map(|generation| SecretInputs {
            key: "k".into(),
            generation,
            expires_at: DateTime::UNIX_EPOCH,
            expires_shown: String::new(),
        });
        let mail = MailValues {
            language: "en".parse::<Language>().unwrap(),
            name: String::new(),
            login_id: String::new(),
            email: email.into(),
            groups: vec![],
            group_ids: vec![],
            operator_name: String::new(),
            invitation: 1,
            secret,
            attributes: BTreeMap::new(),
        };
        Recipient {
            mail: Some(mail),
            ..Recipient::pending(UserId::new("u").unwrap(), 0, 0, PasswordChange::SetLink)
        }
    }

    fn user(email: &str) -> User {
        User {
            email: Some(email.parse().unwrap()),
            ..User::new(UserId::new("u").unwrap(), "u".into())
        }
    }

    proptest! {
        #[test]
        fn a_mail_is_repeated_only_to_its_address_and_while_its_secret_is_good(
            generation in option::of(0..4_u32),
            (ended_before, unused) in (0..4_u32, 0..4_u32),
            used in option::of(0..4_u32),
            address in select(vec!["a@example.com", "A@example.com", "b@example.com"]),
        ) {
            let links = LinkGenerations {
                generation: ended_before,
                next: ended_before + unused,
                issued_by: None,
                used: used.map(|generation| UsedLink { generation, issued_by: "r".into(), at: None }),
                ..LinkGenerations::default()
            };
            let outdated = recipient("a@example.com", generation).outdated(&user(address), &links);

            let is_good = generation.is_none_or(|generation| links.is_open(generation));
            let is_used = generation.zip(used).is_some_and(|(generation, used)| used >= generation);
            let is_same_address = address != "b@example.com";
            prop_assert_eq!(outdated.is_none(), is_good && !is_used && is_same_address);
            prop_assert!(outdated.is_none_or(ExclusionReason::makes_mail_pointless));
        }
    }
}
