//! The rules that a request can break, each with its sentence.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strum::{Display, EnumDiscriminants, EnumString, IntoStaticStr, VariantArray};

use crate::Zone;

/// A rule that a request breaks.
///
/// The name of the variant is the `rule` of the error, its fields are the `values`, and its sentence
/// is the `detail`. So no error is without a rule, and the values of a rule are those of its sentence.
/// Names and fields are a part of the API: a client says the sentence in another language with them.
/// `infra/openapi.yaml` lists every name.
///
/// ```
/// use reinvite_domain::Rule;
///
/// let rule = Rule::Length { min: 1, max: 100 };
/// assert_eq!((rule.name(), &*rule.to_string()), ("length", "must have 1 to 100 characters"));
/// assert_eq!(rule.values()["max"], 100);
/// ```
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, EnumDiscriminants,
)]
#[serde(
    tag = "rule",
    content = "values",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[strum_discriminants(
    name(RuleName),
    doc = "The name of a rule.",
    derive(IntoStaticStr, VariantArray),
    strum(serialize_all = "snake_case")
)]
pub enum Rule {
    // The shape of a request.
    /// The body is not JSON.
    #[error("must be JSON: it cannot be read at line {line}, column {column}")]
    NotJson {
        /// The line of the first error, from 1.
        line: usize,
        /// The column of the first error, from 1; 0 at the end of an empty line.
        column: usize,
    },
    /// The value is of another type.
    #[error("must be {expected}")]
    WrongType {
        /// The type of the contract.
        expected: JsonType,
    },
    /// A value cannot be used in this place.
    #[error("is not a value that belongs here")]
    UnusableValue,
    /// A required value is absent.
    #[error("must be there")]
    Missing,
    /// The object has no such field.
    #[error("is not a field of this object")]
    UnknownField,
    /// The call has no such parameter.
    #[error("is not a parameter of this call")]
    UnknownParameter,
    /// A field, a parameter or a column is there twice.
    #[error("must not be there twice")]
    Repeated,
    /// The value is not one of a few.
    #[error("must be one of {}", known.join(", "))]
    UnknownValue {
        /// The possible values.
        known: Vec<String>,
    },
    /// The field belongs to another call.
    #[error("goes with {call}")]
    OfAnotherCall {
        /// The method and the path of that call.
        call: String,
    },
    /// The cursor of a list cannot be read.
    #[error("must be what the page before answered as next")]
    UnusableCursor,

    // Values of a single field.
    /// The text is not an id.
    #[error("must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -")]
    NotAnId,
    /// The text is a word that paths of the API have in the place of an id.
    #[error("is a word of the API and cannot be an id")]
    ReservedId,
    /// The text is not `local@domain` by RFC 5321.
    #[error("must be an address such as name@example.com")]
    NotAnAddress,
    /// The address needs SMTPUTF8 (RFC 6531), which SES does not offer.
    #[error("must have only ASCII characters before the @")]
    AddressNotAscii,
    /// The text is not a language tag, or IANA has not registered all of it.
    #[error("must be a registered language tag such as en or ja-JP{}", probable_tag(tag.as_deref()))]
    LanguageTag {
        /// The tag that was probably meant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tag: Option<String>,
    },
    /// The text is not a time zone.
    #[error("must be an IANA time zone such as Asia/Tokyo")]
    NotATimeZone,
    /// The text is neither a local time nor an instant.
    #[error(
        "must be a local time such as 2026-12-01T09:00 or an instant such as 2026-12-01T00:00:00Z"
    )]
    NotATime,
    /// The text is neither a local time, nor an instant, nor a date.
    #[error(
        "must be a date such as 2026-12-01, a local time such as 2026-12-01T09:00 or an instant such as 2026-12-01T00:00:00Z"
    )]
    NotATimeOrDate,
    /// The clock never shows the local time, because it is set forward.
    #[error("does not exist in {time_zone}: clocks are set forward over it")]
    SkippedLocalTime {
        /// The local time as it was written.
        local_time: String,
        /// The time zone.
        time_zone: Zone,
    },
    /// The start of a resend is past.
    #[error("must not be in the past")]
    InThePast {
        /// The instant that the request names.
        at: DateTime<Utc>,
        /// The instant of the request.
        now: DateTime<Utc>,
    },
    /// The start of a resend is too late.
    #[error("must be at most a year ahead")]
    TooFarAhead {
        /// The instant that the request names.
        at: DateTime<Utc>,
        /// The latest start.
        latest: DateTime<Utc>,
    },
    /// The text is not a period.
    #[error(
        "must be from..to with dates (2026-01-31) or instants (2026-01-31T00:00:00Z), either end open"
    )]
    NotAPeriod,
    /// The text is neither a period nor `never`.
    #[error(
        "must be never, or from..to with dates (2026-01-31) or instants (2026-01-31T00:00:00Z), either end open"
    )]
    NotAPeriodOrNever,
    /// The end of a period is neither a date nor an instant.
    #[error("must be a date (2026-01-31) or an instant (2026-01-31T00:00:00Z)")]
    NotADateOrInstant,
    /// The period ends before it begins.
    #[error("must not end before it begins")]
    ReversedPeriod,
    /// The text is not a range of counts.
    #[error("must be a count such as 0 or a range such as 1..3 or 2..")]
    NotACount,
    /// The number is not whole, or out of range.
    #[error("must be a whole number from {min} to {max}")]
    OutOfRange {
        /// The smallest number.
        min: i64,
        /// The largest number.
        max: u64,
    },
    /// The text has too few or too many characters.
    #[error("must have {min} to {max} characters")]
    Length {
        /// The fewest characters.
        min: usize,
        /// The most characters.
        max: usize,
    },
    /// The text has too few or too many characters, or others than printable ASCII.
    #[error("must have {min} to {max} printable ASCII characters")]
    NotPrintableAscii {
        /// The fewest characters.
        min: usize,
        /// The most characters.
        max: usize,
    },
    /// The text has a control character.
    #[error("must not contain control characters or line breaks")]
    ControlCharacter,
    /// The note has a control character that is no line break.
    #[error("must not contain control characters other than line breaks and tabs")]
    ControlCharacterInNote,
    /// The text has a character that formats others and cannot be seen.
    #[error("must not contain invisible characters such as {character}")]
    InvisibleCharacter {
        /// The first such character, as `U+200B`.
        character: String,
    },
    /// The text begins or ends with a blank.
    #[error("must not begin or end with white space")]
    SurroundingBlank,
    /// The name of a group has a separator of paths.
    #[error("must not contain / or ;")]
    PathSeparator,
    /// The list or the text is empty.
    #[error("must not be empty")]
    Empty,
    /// The text is not the name of an attribute.
    #[error("must be a lower-case letter and up to 31 of a-z, 0-9 and _")]
    AttributeName,
    /// The user has too many attributes.
    #[error("must be at most {max} attributes")]
    TooManyUserAttributes {
        /// The most attributes.
        max: usize,
    },
    /// The values of a user's attributes are too long together.
    #[error("must have values of at most {max} bytes of UTF-8 together")]
    UserAttributesTooLong {
        /// The most bytes.
        max: usize,
    },
    /// The login URL is of another host, or not `https`.
    #[error("must begin with https:// and name one of the hosts {}", hosts.join(", "))]
    LoginUrl {
        /// The hosts that the deployment allows.
        hosts: Vec<String>,
    },

    // Things that a request names.
    /// The group does not exist.
    #[error("is not a group of this organisation")]
    UnknownGroup,
    /// The group does not exist, or the operator may not see it.
    #[error("is not a group that you may see")]
    GroupNotVisible,
    /// The template does not exist.
    #[error("is not a template of this organisation")]
    UnknownTemplate,
    /// The user does not exist, or the operator may not see them.
    #[error("is not a user that you may see")]
    UserNotVisible,
    /// The user has no address.
    #[error("has no address")]
    NoAddress,
    /// A path names no group.
    #[error("must name a group")]
    EmptyPath,
    /// The parent of a group is the group itself, or lies below it.
    #[error("would make the group lie below itself")]
    GroupCycle,
    /// Another group in the same place has the name.
    #[error("is the name of another group in the same place")]
    GroupNameTaken,
    /// The tree of groups would be too deep.
    #[error("would make the tree deeper than {max} groups")]
    GroupTooDeep {
        /// The most levels of the tree.
        max: usize,
    },
    /// The user would belong to too many groups.
    #[error("must be at most {max} groups")]
    TooManyGroups {
        /// The most groups.
        max: usize,
    },
    /// There are too many roles.
    #[error("must be at most {max} roles")]
    TooManyRoles {
        /// The most roles.
        max: usize,
    },
    /// There are too many users.
    #[error("must name at most {max} users")]
    TooManyUsers {
        /// The most users.
        max: usize,
    },
    /// A group manager has no group or no access.
    #[error("must have a group and an access")]
    RoleNeedsGroup,
    /// A role other than that of a group manager has a group or an access.
    #[error("must have a group and an access only as group_manager")]
    RoleTakesNoGroup,
    /// The change of a user needs an owner.
    #[error(
        "Only an owner may change a user who holds roles, or put a user into a group whose members hold roles."
    )]
    NeedsOwner,

    // Resends and invitations.
    /// `except` stands beside a list of users.
    #[error("goes with a filter")]
    OnlyWithFilter,
    /// A filter without criteria stands without `everyone`.
    #[error("must be true for a filter without criteria: it means everybody")]
    EveryoneNotMeant,
    /// `everyone` stands beside a filter with criteria.
    #[error("goes with a filter without criteria, and this one has some")]
    EveryoneWithCriteria,
    /// A user with a password change of their own is not selected.
    #[error("is not a user of the selection")]
    NotSelected,
    /// A selection has neither a list nor a filter, or both.
    #[error("must have either userIds or a filter")]
    UserIdsOrFilter,
    /// A request for a new link names neither a token nor an address, or both.
    #[error("must have either a token, or an organisation and an email")]
    TokenOrAddress,
    /// The organisation has turned notes off.
    #[error("must not be there: notes are turned off in the settings")]
    NotesOff,
    /// The note has an address of another host than the login URL.
    #[error(
        "must not hold an address of another host, such as {address}: that needs template_manager"
    )]
    NoteHasLink {
        /// The first such address, as it is written.
        address: String,
    },
    /// The template does not show the note.
    #[error(
        "is not shown by the template in {language}: its {part} has no place for {{{{ note }}}}"
    )]
    NoteNotShown {
        /// The language of the variant.
        language: String,
        /// The part of the mail.
        part: String,
    },
    /// The deployment cannot change passwords.
    #[error("must be keep: this deployment leaves passwords to the LMS")]
    PasswordsOfTheLms,
    /// The password is a text about the user with few characters besides.
    #[error("must not be made of the {text}")]
    MadeOfOwnText {
        /// The text.
        text: OwnText,
    },
    /// The password is among those that are tried first.
    #[error("is too common: it is among those that are tried first")]
    TooCommon,
    /// The user pool refuses the password.
    #[error("does not follow the rules of the user pool for passwords")]
    UserPoolPolicy,

    // Files.
    /// A quote is not closed.
    #[error("must close the quote that it opens: is the file cut off?")]
    UnclosedQuote,
    /// The file is not CSV.
    #[error(
        "must be CSV: a spreadsheet program writes it with Save As, in Excel as CSV UTF-8 (Comma delimited)"
    )]
    NotCsv,
    /// The file is in another encoding.
    #[error("must be UTF-8{}", probable_charset(charset.as_deref()))]
    Encoding {
        /// The encoding that the file probably has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charset: Option<String>,
    },
    /// No user has such a field.
    #[error("is not a column of users")]
    UnknownColumn,
    /// The column is there twice.
    #[error("must not be there twice")]
    DuplicateColumn,
    /// The column of the key is absent.
    #[error("must be there: it is the key")]
    MissingKeyColumn,
    /// A line has more or fewer cells than the header.
    #[error("must have {expected} cells as the header does, not {found}")]
    CellCount {
        /// The cells of the header.
        expected: usize,
        /// The cells of the line.
        found: usize,
    },
    /// The change ends the last active owner.
    #[error(
        "would leave the organisation without an active owner, now or when the validity of the last one ends"
    )]
    LastOwner,
    /// Two lines have the same login id.
    #[error("must not be there twice: line {line} has it too")]
    RepeatedLoginId {
        /// The earlier line.
        line: u64,
    },

    // Templates.
    /// The source does not parse.
    #[error("{message}{}", write_instead(instead.as_deref()))]
    TemplateSyntax {
        /// The message of the template engine.
        message: String,
        /// The variable to write, if the tag is one of another program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<String>,
    },
    /// A tag, a comment or a block of the source opens and does not end.
    #[error("the tag that opens here has no {missing}")]
    UnclosedTag {
        /// The delimiter, or the tag, that would close it.
        missing: String,
    },
    /// The source reads a variable that no mail has.
    #[error("`{name}` is undefined{}", write_instead(instead.as_deref()))]
    UnknownVariable {
        /// The variable.
        name: String,
        /// The variable to write, if the name is one that other programs use.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<String>,
    },
    /// The source reads a value that this mail does not have.
    #[error("{message}")]
    UndefinedValue {
        /// The message of the template engine.
        message: String,
    },
    /// The source parses but cannot be evaluated: an unknown filter, a number added to a text.
    #[error("{message}")]
    CannotEvaluate {
        /// The message of the template engine.
        message: String,
    },
    /// Rendering takes too many steps.
    #[error("runs too long")]
    RunsTooLong,
    /// The text exceeds the size limit.
    #[error("longer than {max} bytes")]
    TooLong {
        /// The limit in bytes.
        max: usize,
    },
    /// The source nests too deep.
    #[error("nests deeper than {max} levels")]
    TooDeep {
        /// The most levels.
        max: usize,
    },
    /// A tag of the source chains too much.
    #[error("has more than {max} names, values and signs in one tag")]
    TagTooLong {
        /// The most names, values and signs.
        max: usize,
    },
    /// The source has too many tags.
    #[error("has more than {max} tags")]
    TooManyTags {
        /// The most tags.
        max: usize,
    },
    /// The source assigns too many variables.
    #[error("has more than {max} tags that assign a variable")]
    TooManyAssignments {
        /// The most tags.
        max: usize,
    },
    /// The source gives a value to a variable that the mail gives one.
    #[error("{name} is a variable of the mail: a template may not give it another value")]
    AssignedVariable {
        /// The variable.
        name: String,
    },
    /// The source could make a list that grows beyond any bound.
    #[error("lists may hold only texts and numbers, and may not be added or multiplied")]
    GrowingList,
    /// The template writes a line break into the subject. A value never holds a line break.
    #[error("a subject is one line")]
    LineBreakInSubject,
    /// The template processes a password or an invitation link instead of writing it out.
    #[error(
        "a password or an invitation link may only be written out, as {{{{ password }}}} or {{{{ invitation_url }}}}"
    )]
    MisusedSecret,
    /// The template writes a password or an invitation link into the subject.
    #[error(
        "a subject may not hold a password or an invitation link: mail servers log it, and locked screens show it"
    )]
    SecretInSubject,
    /// The template writes the note into the subject.
    #[error("a subject may not hold the note: it is one line, and the note may have many")]
    NoteInSubject,
    /// The template reads the attributes of a user otherwise than by their names.
    #[error(
        "attributes may only be read one by one and by name, as {{{{ user.attributes.name }}}}"
    )]
    AttributeAccess,
    /// The template writes a password or an invitation link next to text that turns both into an
    /// address.
    #[error(
        "a password or an invitation link may not be part of another address: put a blank between them"
    )]
    SecretInAddress,
    /// A secret stands where the mail does not show it.
    #[error("a password may only be text, and an invitation link also the whole href of an <a>")]
    MisplacedSecret,
    /// The text before a secret makes a character reference of it.
    #[error("a & and letters before a password or an invitation link make a character of it")]
    AbsorbedSecret,
    /// A mail with a new link or a temporary password does not show it.
    #[error("the {part} in {language} must show {{{{ {variable} }}}}{program}")]
    TemplateLacksSecret {
        /// The language of the variant.
        language: String,
        /// The part of the mail.
        part: String,
        /// The variable that holds the secret.
        variable: String,
        /// The programs that do not show it.
        program: MailProgram,
    },
    /// An edit names a language that the template lacks.
    #[error("is not a language of the template")]
    UnknownLanguage,
    /// The language tags of two variants differ only in case.
    #[error("is there twice, in another case")]
    DuplicateLanguage,
    /// The template cannot be rendered for a user.
    #[error("cannot be rendered for the user {user}: {part}: {defect}")]
    NotRenderable {
        /// The user.
        user: String,
        /// The part of the mail.
        part: String,
        /// The rule that the part breaks.
        defect: Box<Rule>,
    },

    // HTML of templates.
    /// The source cannot be read as HTML.
    #[error("cannot be read as HTML")]
    NotHtml,
    /// Browsers read the markup differently.
    #[error("mixes markup that browsers read differently")]
    AmbiguousMarkup,
    /// A tag, a comment or a style is open at the end.
    #[error("a tag, a comment or a style is not closed")]
    UnclosedMarkup,
    /// The element is not on the list.
    #[error("the element <{element}> is not allowed")]
    ElementNotAllowed {
        /// The element.
        element: String,
    },
    /// The attribute is not on the list.
    #[error("the attribute {attribute} is not allowed")]
    AttributeNotAllowed {
        /// The attribute.
        attribute: String,
    },
    /// A comment or the document type holds a variable.
    #[error("a comment or a document type may not hold a variable")]
    VariableInComment,
    /// An attribute without quotes holds a variable.
    #[error(
        "{attribute}: put the value in quotes, because a blank in it would begin another attribute"
    )]
    UnquotedVariable {
        /// The attribute.
        attribute: String,
    },
    /// An attribute that is no text holds a variable.
    #[error("{attribute}: may not hold a variable")]
    VariableInAttribute {
        /// The attribute.
        attribute: String,
    },
    /// A style holds a variable.
    #[error("a style may not hold a variable")]
    VariableInStyle,
    /// A style holds text that loads or hides something.
    #[error("a style may not hold {text}")]
    ForbiddenInStyle {
        /// The text.
        text: String,
    },
    /// A style loads a style sheet or a font.
    #[error("{text}: a mail may not load style sheets or fonts from elsewhere")]
    StyleFromElsewhere {
        /// The at-rule or the element.
        text: String,
    },
    /// A selector compares an attribute that may hold a link or a variable.
    #[error(
        "a selector may not compare the attribute {attribute}: with an image it would tell links to others"
    )]
    SelectorReadsAttribute {
        /// The attribute.
        attribute: String,
    },
    /// A `meta` element does something else than describing the mail.
    #[error("http-equiv: may only be content-type or x-ua-compatible")]
    HttpEquiv,
    /// The value of an attribute is not an address.
    #[error("{attribute}: must be an address")]
    NotALink {
        /// The attribute.
        attribute: String,
    },
    /// The address of an image holds a variable.
    #[error("the address of an image may not hold a variable")]
    VariableInImage,
    /// The address of an image is not allowed.
    #[error("the address of an image must begin with https://, or be a PNG, GIF or JPEG as data:")]
    ImageAddress,
    /// The address of a link is a variable that is no address, or a part of it is.
    #[error(
        "href: must be an address, or {{{{ login_url }}}} or {{{{ invitation_url }}}} alone; a ?query or a #fragment without variables may follow {{{{ login_url }}}}"
    )]
    VariableInLink,
    /// The address of a link has another scheme.
    #[error("href: must begin with https:, http:, mailto:, tel: or #")]
    LinkAddress,
    /// A mail program, or an editor, has changed a mark in the address of a link.
    #[error("href: an editor has changed the mark in this link: write {instead} alone")]
    EncodedLink {
        /// The mark to write.
        instead: String,
    },
    /// An image is loaded without encryption.
    #[error("an image must be loaded over https:, not http:")]
    ImageOverHttp,
    /// The element does nothing in a mail: it is none of HTML, or one that mail programs pass over.
    #[error("the element <{element}> does nothing in a mail: its tags can go")]
    UnknownElement {
        /// The element.
        element: String,
    },
    /// The attribute does nothing in a mail.
    #[error("the attribute {attribute} does nothing in a mail")]
    UnknownAttribute {
        /// The attribute.
        attribute: String,
    },
    /// The source links to a style sheet, a font or another file.
    #[error("<link> loads a file from elsewhere: write styles into a <style>")]
    LinkedFile,
    /// The source holds structured data in a script.
    #[error("data in a <script> does nothing in a mail from here")]
    DataScript,
    /// A conditional comment is not closed, holds another, or begins or ends within something.
    #[error(
        "a conditional comment must be whole, and begin and end in text: not in a tag, a style, a title or another comment"
    )]
    ConditionalComment,
    /// A tag has too many attributes.
    #[error("has more than {max} attributes in one tag")]
    TooManyAttributes {
        /// The most attributes.
        max: usize,
    },
    /// Text around the parts to take out would become markup, or a tag of the template.
    #[error("cannot be cleaned: the text around the parts to take out would become a tag")]
    MarkMadeByCleaning,
    /// There are more findings than an answer tells.
    #[error("there are more than {max} findings: the rest is not told")]
    TooManyFindings {
        /// The most findings.
        max: usize,
    },
    /// An address holds what could hide its meaning.
    #[error("{attribute}: may not hold character references other than &amp;, or blanks")]
    ReferenceInAddress {
        /// The attribute.
        attribute: String,
    },
}

/// The end of a sentence about a tag of another program.
fn write_instead(variable: Option<&str>) -> String {
    variable.map_or_else(String::new, |variable| {
        format!("; write {{{{ {variable} }}}} instead")
    })
}

fn probable_tag(tag: Option<&str>) -> String {
    tag.map(|tag| format!(": {tag} is probably meant"))
        .unwrap_or_default()
}

fn probable_charset(charset: Option<&str>) -> String {
    charset.map_or_else(
        || ", or be sent as application/octet-stream with ?charset=".into(),
        |charset| {
            format!(": it is probably {charset}, which is sent as application/octet-stream with ?charset={charset}")
        },
    )
}

/// The type of a JSON value, in the words of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString)]
#[serde(rename_all = "snake_case")]
pub enum JsonType {
    /// A string.
    #[strum(to_string = "a text")]
    Text,
    /// A number.
    #[strum(to_string = "a number")]
    Number,
    /// A boolean.
    #[strum(to_string = "true or false")]
    Boolean,
    /// An array.
    #[strum(to_string = "a list")]
    List,
    /// An object.
    #[strum(to_string = "an object")]
    Object,
    /// A string, or an array of strings.
    #[strum(to_string = "a text or a list of texts")]
    TextOrTexts,
    /// Null.
    #[strum(to_string = "null")]
    Null,
}

/// The mail programs that read a mail in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
pub enum MailProgram {
    /// Every program.
    #[strum(to_string = "")]
    Every,
    /// Outlook, which reads the conditional comments for it.
    #[strum(to_string = " to Outlook too")]
    Outlook,
    /// Every program but Outlook.
    #[strum(to_string = " to other programs than Outlook too")]
    Others,
}

/// A text about a user that an attacker knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
pub enum OwnText {
    /// The login id.
    #[strum(to_string = "login id")]
    LoginId,
    /// The address, or the part before the `@`.
    #[strum(to_string = "address")]
    Address,
    /// The user's name.
    #[strum(to_string = "name")]
    Name,
    /// The name of the organisation.
    #[strum(to_string = "name of the organisation")]
    Organisation,
}

/// A rule as it passes through an error of serde, which carries nothing but text: as JSON.
///
/// `Deserialize` of the domain's types fails with it, and a deserializer of a request reads the rule
/// back with [`read`](Self::read).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", serde_json::to_string(.0).unwrap_or_default())]
pub struct SerdeRule(Rule);

impl Rule {
    /// Every name.
    pub const NAMES: &'static [RuleName] = RuleName::VARIANTS;

    /// Creates the rule of a value that is not one of `known`.
    #[must_use]
    pub fn unknown_value<T: Copy + Into<&'static str>>(known: &[T]) -> Self {
        let known = known.iter().map(|value| (*value).into().to_string());
        Self::UnknownValue {
            known: known.collect(),
        }
    }

    /// Whether a mail that breaks the rule shows that the template is unfit for its resend, and not
    /// only for one recipient.
    #[must_use]
    pub const fn is_unfitness(&self) -> bool {
        matches!(
            self,
            Self::NoteNotShown { .. } | Self::TemplateLacksSecret { .. }
        )
    }

    /// Returns the name, in snake case.
    #[must_use]
    pub fn name(&self) -> &'static str {
        RuleName::from(self).into()
    }

    /// Returns the values of the sentence by their names; empty for a sentence without values.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        match serde_json::to_value(self).map(|mut rule| rule["values"].take()) {
            Ok(Value::Object(values)) => values,
            _ => Map::new(),
        }
    }
}

impl From<Rule> for SerdeRule {
    fn from(rule: Rule) -> Self {
        Self(rule)
    }
}

impl SerdeRule {
    /// Reads the rule in the text of an error; `None` if the error is not that of a rule.
    #[must_use]
    pub fn read(text: &str) -> Option<Rule> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_passes_through_the_text_of_an_error() {
        for rule in [
            Rule::Missing,
            Rule::unknown_value(&["keep", "set_link"]),
            Rule::SkippedLocalTime {
                local_time: "2026-03-29T02:30".into(),
                time_zone: "Europe/Berlin".parse().unwrap(),
            },
        ] {
            let text = SerdeRule::from(rule.clone()).to_string();
            assert_eq!(SerdeRule::read(&text), Some(rule));
        }
        assert_eq!(SerdeRule::read("missing field `a`"), None);
    }

    #[test]
    fn the_name_in_json_is_the_name() {
        let rule = Rule::NotAnId;
        assert_eq!(serde_json::to_value(&rule).unwrap()["rule"], rule.name());
        assert_eq!(rule.values(), Map::new());
    }
}
