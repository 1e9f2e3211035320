//! The inputs of a mail that would differ if it were rendered again later.

use std::{fmt, num::ParseIntError, str::FromStr};

use serde::{Deserialize, Serialize};

/// The inputs of a mail that would differ later, written as `3`, `3.1` or `3.1k`: the invitation,
/// the generation, and `k` if the mail keeps the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailInputs {
    /// The number of this invitation among those of the user, from 1.
    pub invitation: u32,
    /// The generation of its link or temporary password. In a mail without one, the generation before
    /// which earlier links end.
    pub generation: Option<u32>,
    /// Whether the user keeps the password although the recipient has a password change.
    pub keeps_password: bool,
}

impl fmt::Display for MailInputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.invitation)?;
        if let Some(generation) = self.generation {
            write!(f, ".{generation}")?;
        }
        f.write_str(if self.keeps_password { "k" } else { "" })
    }
}

impl FromStr for MailInputs {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (numbers, keeps_password) = match text.strip_suffix('k') {
            Some(numbers) => (numbers, true),
            None => (text, false),
        };
        let (invitation, generation) = match numbers.split_once('.') {
            Some((invitation, generation)) => (invitation, Some(generation.parse()?)),
            None => (numbers, None),
        };

        Ok(Self {
            invitation: invitation.parse()?,
            generation,
            keeps_password,
        })
    }
}

impl TryFrom<String> for MailInputs {
    type Error = ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<MailInputs> for String {
    fn from(inputs: MailInputs) -> Self {
        inputs.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_short_and_read_as_they_were_written() {
        for (text, generation, keeps_password) in [
            ("3", None, false),
            ("3.1", Some(1), false),
            ("3k", None, true),
            ("3.12k", Some(12), true),
        ] {
            let inputs = MailInputs {
                invitation: 3,
                generation,
                keeps_password,
            };
            assert_eq!(
                (inputs.to_string().as_str(), text.parse()),
                (text, Ok(inputs))
            );
        }
        assert!(
            "".parse::<MailInputs>().is_err()
                && "3.".parse::<MailInputs>().is_err()
                && "x".parse::<MailInputs>().is_err()
        );
    }
}
