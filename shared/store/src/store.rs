//! The store: one small type for each thing that Reinvite keeps.

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;

use crate::{
    AuditTrail, Chunks, Credentials, DueResends, FeedbackProgressRecord, Groups,
    IdempotentRequests, LinkRecords, Links, MemberCounts, MovedGroups, OperatorNoticeLimits,
    Organisations, Outbox, Owners, PaceRecord, RecipientLists, Recipients, RenewalLimits,
    ResendInputs, ResendProgress, Resends, Suppressions, Templates, TestMailLimits, UserAttributes,
    UserLists, Users,
    table::{Table, Tables},
};

/// Everything that Reinvite keeps, in two tables: `Directory` has organisations, groups, users,
/// templates and credentials; `Resends` has resends and all that belongs to them. Clones share the
/// connection.
#[derive(Clone, Debug)]
pub struct Store {
    /// Organisations with their settings.
    pub organisations: Organisations,
    /// The group tree of each organisation.
    pub groups: Groups,
    /// Groups that were moved in the tree.
    pub moved_groups: MovedGroups,
    /// The member counts of groups.
    pub member_counts: MemberCounts,
    /// Users.
    pub users: Users,
    /// The attributes of users.
    pub user_attributes: UserAttributes,
    /// The owners of each organisation.
    pub owners: Owners,
    /// Users by login id, by id and by address.
    pub user_lists: UserLists,
    /// Addresses that bounced or complained.
    pub suppressions: Suppressions,
    /// Templates with all their versions.
    pub templates: Templates,
    /// Which links and temporary passwords of a user are good.
    pub links: Links,
    /// Which user the token of a link stands for.
    pub link_records: LinkRecords,
    /// Passwords of users, where the deployment keeps them in the table.
    pub credentials: Credentials,
    /// Resends.
    pub resends: Resends,
    /// The selection and the template of each resend.
    pub resend_inputs: ResendInputs,
    /// The samples of each resend's outcomes over time.
    pub resend_progress: ResendProgress,
    /// The recipient lists of each resend.
    pub recipient_lists: RecipientLists,
    /// The chunks of each resend.
    pub chunks: Chunks,
    /// The recipients of each resend.
    pub recipients: Recipients,
    /// Resends that the sweep has to look at.
    pub due_resends: DueResends,
    /// How far the events of SES have been read.
    pub feedback_progress: FeedbackProgressRecord,
    /// The audit trail of each organisation.
    pub audit_trail: AuditTrail,
    /// Requests with an idempotency key.
    pub idempotent_requests: IdempotentRequests,
    /// Limits of test mails.
    pub test_mail_limits: TestMailLimits,
    /// Limits of renewed links.
    pub renewal_limits: RenewalLimits,
    /// Limits of notices to operators.
    pub operator_notice_limits: OperatorNoticeLimits,
    /// Mails that belong to no resend.
    pub outbox: Outbox,
    /// The pace of the account.
    pub pace_record: PaceRecord,
}

/// The names of the two tables.
#[derive(Clone, Debug)]
pub struct TableNames {
    /// Organisations, groups, users, templates and credentials.
    pub directory: String,
    /// Resends and all that belongs to them.
    pub resends: String,
}

impl TableNames {
    /// Reads `DIRECTORY_TABLE` and `RESENDS_TABLE`. `required` reads a variable and reports it if it
    /// is missing.
    pub fn read(mut required: impl FnMut(&str) -> Option<String>) -> Option<Self> {
        let directory = required("DIRECTORY_TABLE");
        let resends = required("RESENDS_TABLE");

        Some(Self {
            directory: directory?,
            resends: resends?,
        })
    }
}

impl Store {
    /// Connects to the tables of these names.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, names: &TableNames) -> Self {
        let client = Client::new(sdk);
        let table = |name: &str| Table {
            client: client.clone(),
            name: name.into(),
        };
        let directory = table(&names.directory);
        let resends = table(&names.resends);
        let tables = Tables {
            directory: directory.clone(),
            resends: resends.clone(),
        };

        Self {
            organisations: Organisations(tables.clone()),
            groups: Groups::new(tables.clone()),
            moved_groups: MovedGroups(directory.clone()),
            member_counts: MemberCounts(directory.clone()),
            users: Users(tables.clone()),
            user_attributes: UserAttributes(directory.clone()),
            owners: Owners(directory.clone()),
            user_lists: UserLists(directory.clone()),
            suppressions: Suppressions(tables.clone()),
            templates: Templates(tables.clone()),
            links: Links(directory.clone()),
            link_records: LinkRecords(directory),
            credentials: Credentials(tables.clone()),
            resends: Resends(resends.clone()),
            resend_inputs: ResendInputs(resends.clone()),
            resend_progress: ResendProgress(resends.clone()),
            recipient_lists: RecipientLists(resends.clone()),
            chunks: Chunks(resends.clone()),
            recipients: Recipients(resends.clone()),
            due_resends: DueResends(resends.clone()),
            feedback_progress: FeedbackProgressRecord(resends.clone()),
            audit_trail: AuditTrail(resends.clone()),
            idempotent_requests: IdempotentRequests(resends.clone()),
            test_mail_limits: TestMailLimits(resends.clone()),
            renewal_limits: RenewalLimits(resends.clone()),
            operator_notice_limits: OperatorNoticeLimits(resends.clone()),
            outbox: Outbox(resends.clone()),
            pace_record: PaceRecord(resends),
        }
    }
}
