//! The message of a refusal: whose fault SES says it was, where the code does not.

use reinvite_domain::EmailAddress;

/// Words of refusals that concern the account, the sender or the configuration, in lower case.
const WORDS_ABOUT_THE_SENDER: [&str; 6] = [
    "configuration set",
    "dkim",
    "mail from domain",
    "paused",
    "suspended",
    "sending disabled",
];

/// The message of a refusal. It may hold addresses, and must not be logged.
pub(crate) struct RefusalMessage<'a>(pub &'a str);

/// Whose fault a refusal was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Blame<'a> {
    /// The account, the sender or the configuration: every mail would be refused.
    Sender,
    /// These recipients, whom SES has not verified: an account in the sandbox mails nobody else.
    Unverified(Vec<&'a EmailAddress>),
    /// A mail of the call.
    Mail,
}

impl RefusalMessage<'_> {
    /// Whether the message is about the quota of a day, and not about the rate.
    pub fn names_the_day(&self) -> bool {
        self.0.to_lowercase().contains("daily")
    }

    /// Decides whose fault the refusal was.
    ///
    /// SES refuses unverified identities and names them: "Email address is not verified. The
    /// following identities failed the check in region US-EAST-1: one@example.com,
    /// two@example.com". The sender comes first: while it is refused, no mail can leave.
    pub fn blame<'a>(&self, from: &EmailAddress, to: &[&'a EmailAddress]) -> Blame<'a> {
        let message = self.without_addresses().to_lowercase();
        let is_unverified = message.contains("not verified");
        let unverified: Vec<_> = to
            .iter()
            .copied()
            .filter(|to| is_unverified && self.names_address(to))
            .collect();

        let blames_sender = self.names(from.as_str())
            || self.names(from.domain())
            || WORDS_ABOUT_THE_SENDER
                .iter()
                .any(|words| message.contains(words));
        if blames_sender || (is_unverified && unverified.is_empty()) {
            Blame::Sender
        } else if is_unverified {
            Blame::Unverified(unverified)
        } else {
            Blame::Mail
        }
    }

    /// Whether the message holds an address, in quotes if it needs them.
    fn names_address(&self, address: &EmailAddress) -> bool {
        let mailbox = address.mailbox();
        self.names(address.as_str()) || (mailbox.starts_with('"') && self.0.contains(&*mailbox))
    }

    /// Whether the message holds a name as a whole word.
    fn names(&self, name: &str) -> bool {
        self.0
            .split(|character: char| character.is_whitespace() || "<>\"',;:()".contains(character))
            .map(|word| word.trim_end_matches('.'))
            .any(|word| word.eq_ignore_ascii_case(name))
    }

    fn without_addresses(&self) -> String {
        let words = self.0.split_whitespace().filter(|word| !word.contains('@'));
        words.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNVERIFIED: &str = "Email address is not verified. The following identities failed the \
                              check in region US-EAST-1:";

    fn address(text: &str) -> EmailAddress {
        text.parse().unwrap()
    }

    #[test]
    fn a_refusal_names_the_sender_or_the_recipients_who_are_not_verified() {
        let from = address("from@school.example");
        let (mika, from_mika) = (
            address("mika@example.jp"),
            address("not-from@school.example"),
        );
        let blame = |message: &str| RefusalMessage(message).blame(&from, &[&mika, &from_mika]);

        for message in [
            format!("{UNVERIFIED} from@school.example"),
            format!("{UNVERIFIED} \"School\" <FROM@school.example>, mika@example.jp"),
            format!("{UNVERIFIED} school.example"),
            format!("{UNVERIFIED} somebody@else.example"),
            "Configuration set <events> does not exist.".to_string(),
            "Sending paused for this account.".to_string(),
        ] {
            assert_eq!(blame(&message), Blame::Sender, "{message}");
        }

        assert_eq!(
            blame(&format!("{UNVERIFIED} mika@example.jp")),
            Blame::Unverified(vec![&mika])
        );
        assert_eq!(
            blame(&format!("{UNVERIFIED} not-from@school.example.")),
            Blame::Unverified(vec![&from_mika]),
            "an address that ends as the sender's does"
        );
        assert_eq!(blame("Domain contains illegal character"), Blame::Mail);
    }
}
