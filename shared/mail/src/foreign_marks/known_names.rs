//! Names by which other programs know values, and our variables for the same.

/// Names in lower case without signs, by the variable that stands for the same.
const KNOWN_NAMES: [(&str, &[&str]); 11] = [
    (
        "user.name",
        &[
            "name",
            "fname",
            "lname",
            "firstname",
            "lastname",
            "givenname",
            "surname",
            "familyname",
            "fullname",
            "displayname",
            "recipientname",
            "toname",
            "nickname",
            "membername",
            "studentname",
            "learnername",
            "customername",
            "contactname",
            "subscribername",
            "greetingname",
            "氏名",
            "名前",
            "お名前",
            "姓",
            "名",
        ],
    ),
    (
        "user.email",
        &[
            "email",
            "emailaddress",
            "emailaddr",
            "mail",
            "mailaddress",
            "toemail",
            "recipientemail",
            "useremail",
            "recipient",
            "メールアドレス",
        ],
    ),
    (
        "user.login_id",
        &[
            "username",
            "login",
            "loginid",
            "userid",
            "userlogin",
            "accountname",
            "useraccount",
            "ログインid",
            "ユーザー名",
            "ユーザid",
        ],
    ),
    (
        "user.groups",
        &[
            "groups",
            "group",
            "groupname",
            "department",
            "team",
            "所属",
            "部署",
        ],
    ),
    (
        "organisation.name",
        &[
            "company",
            "companyname",
            "organisation",
            "organization",
            "organisationname",
            "organizationname",
            "org",
            "orgname",
            "school",
            "schoolname",
            "sitename",
            "site",
            "blogname",
            "listcompany",
            "accountcompany",
            "会社名",
            "組織名",
        ],
    ),
    (
        "login_url",
        &[
            "loginurl",
            "loginlink",
            "signinurl",
            "signinlink",
            "siteurl",
            "url",
            "link",
            "homeurl",
            "baseurl",
            "ログインurl",
        ],
    ),
    (
        "invitation_url",
        &[
            "invitationurl",
            "invitationlink",
            "inviteurl",
            "invitelink",
            "activationurl",
            "activationlink",
            "activateurl",
            "confirmurl",
            "confirmationurl",
            "confirmlink",
            "reseturl",
            "resetlink",
            "passwordurl",
            "passwordlink",
            "resetpasswordurl",
            "resetpasswordlink",
            "passwordresetlink",
            "passwordreseturl",
            "setpasswordurl",
            "setpasswordlink",
            "招待url",
        ],
    ),
    (
        "password",
        &[
            "password",
            "pass",
            "pwd",
            "temporarypassword",
            "temppassword",
            "newpassword",
            "userpassword",
            "パスワード",
            "仮パスワード",
        ],
    ),
    (
        "expires_at",
        &[
            "expiresat",
            "expires",
            "expiry",
            "expirydate",
            "expirationdate",
            "expiration",
            "validuntil",
            "有効期限",
        ],
    ),
    (
        "operator.name",
        &[
            "sender",
            "sendername",
            "fromname",
            "invitername",
            "invitedby",
            "adminname",
            "ownername",
            "差出人",
        ],
    ),
    ("attempt", &["attempt", "invitationcount", "attemptnumber"]),
];

/// Words before a name that say that it is one of the recipient.
const OWNERS: [&str; 14] = [
    "user",
    "contact",
    "subscriber",
    "recipient",
    "member",
    "customer",
    "lead",
    "person",
    "profile",
    "to",
    "student",
    "learner",
    "data",
    "fields",
];

/// Names that mean nothing without the word before them.
const GENERIC_NAMES: [&str; 4] = ["name", "url", "link", "group"];

/// Words that begin a condition or a function, and not a name.
const CONDITIONS: [&str; 6] = ["if", "ifnot", "elseif", "else", "end", "mc"];

/// Our variable for a name of another program, however the name is written: `FNAME`, `first name`,
/// `.Subscriber.FirstName`, `contact.FIRSTNAME`.
pub(crate) fn variable_for(name: &str) -> Option<&'static str> {
    let folded: Vec<String> = name
        .split(['.', ':', '>', '/'])
        .map(fold)
        .filter(|step| !step.is_empty())
        .collect();
    let steps: Vec<&str> = folded.iter().map(String::as_str).collect();

    match *steps.as_slice() {
        [] => None,
        [name] => lookup(name),
        [first, ..] if CONDITIONS.contains(&first) => None,
        // The name of a company is not that of the recipient.
        [.., owner, name] if OWNERS.contains(&owner) => lookup(name),
        [.., owner, name] => {
            let alone = lookup(name).filter(|_| !GENERIC_NAMES.contains(&name));
            lookup(&format!("{owner}{name}")).or(alone)
        }
    }
}

fn lookup(name: &str) -> Option<&'static str> {
    KNOWN_NAMES
        .iter()
        .find(|(_, names)| names.contains(&name))
        .map(|(variable, _)| *variable)
}

/// The letters and digits of a name, in lower case.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_however_it_is_written() {
        for (name, variable) in [
            ("FNAME", Some("user.name")),
            ("First Name", Some("user.name")),
            (".Subscriber.Name", Some("user.name")),
            ("contact.FIRSTNAME", Some("user.name")),
            ("user.profile.firstName", Some("user.name")),
            ("user.email_address", Some("user.email")),
            ("User.Username", Some("user.login_id")),
            ("company.name", Some("organisation.name")),
            ("Organization.Name", Some("organisation.name")),
            ("IF:LNAME", None),
            ("unsubscribe", None),
            ("", None),
            ("address.street", None),
            ("user.name", Some("user.name")),
            ("user_name", Some("user.login_id")),
            ("product.name", None),
            ("name", Some("user.name")),
        ] {
            assert_eq!(variable_for(name), variable, "{name}");
        }
    }
}
