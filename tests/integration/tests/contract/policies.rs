//! The roles in `infra/template.yaml`, compared with the accesses that functions need.
//!
//! `infra/accesses.txt` lists the accesses of the functions in the whole suite. Every world denies an access that the role
//! does not allow, and then the test fails: no permission is missing. `.ci/run` compares the list with the accesses of its own
//! run, so each line is of an access that a test made. The tests here compare the list with the roles: no permission is
//! without use.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use reinvite_domain::Credentials;
use reinvite_emulators::{arn, iam::Statement};
use reinvite_local::{
    stack::{Environments, Parameters, Permissions, Tried},
    template::{Resolver, Template},
};

/// The statements of each role: of a function by the function's name, of another by its logical id.
type Statements = BTreeMap<String, Vec<Statement>>;

/// The roles by which EventBridge Scheduler acts: for the starts of resends, and for the sweep.
const FIRING_ROLES: [&str; 2] = ["SchedulerRole", "SweepRole"];

/// Patterns in resources, each with its reason. No other resource, and no action, holds a `*`.
const PATTERNS: [(&str, &str, &str); 6] = [
    (
        "logs:CreateLogStream",
        "arn:aws:logs:*:log-group:*:*",
        "The streams of the function's own group; Lambda names them.",
    ),
    (
        "logs:PutLogEvents",
        "arn:aws:logs:*:log-group:*:*",
        "Likewise.",
    ),
    (
        "scheduler:CreateSchedule",
        "arn:aws:scheduler:*:schedule/Schedules/*",
        "A schedule in the stage's own group has the name of its resend.",
    ),
    (
        "scheduler:UpdateSchedule",
        "arn:aws:scheduler:*:schedule/Schedules/*",
        "Likewise.",
    ),
    (
        "ses:SendBulkEmail",
        "arn:aws:ses:*:template/*",
        "SES demands a template, and an inline template has no name.",
    ),
    ("ses:GetAccount", "*", "The action supports no resource."),
];

fn template() -> Template {
    Template::deployed().unwrap()
}

fn resolver(template: &Template, credentials: Credentials) -> Resolver {
    let parameters = Parameters {
        credentials,
        from_address: "invitations@example.com",
        login_url: "https://learn.example.com/login",
        invitation_host: "127.0.0.1:3000",
        organisation: "sample",
        machine_clients: "",
        allowed_origins: "",
        maintenance: false,
    };
    let environments = Environments::new(template, "http://aws.localhost", &parameters);
    environments.resolver().clone()
}

fn statements(template: &Template, resolver: &Resolver) -> Statements {
    let permissions = Permissions::of(template, resolver).unwrap();
    let mut statements = permissions.statements().clone();
    for role in FIRING_ROLES {
        let own = template.roles[role].statements(resolver).unwrap();
        statements.insert(role.to_owned(), own);
    }
    statements
}

/// The statements of the deployed template with every feature in use.
fn deployed() -> Statements {
    let template = template();
    let resolver = resolver(&template, Credentials::Cognito);
    statements(&template, &resolver)
}

fn tried(function: &str, action: &str, resource: &str) -> Tried {
    Tried {
        function: function.to_owned(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        credentials: false,
        projected: false,
    }
}

/// The accesses of the functions in the tests.
fn recorded() -> BTreeSet<Tried> {
    let list = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/accesses.txt");
    fs::read_to_string(list)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| Tried::parse(line).unwrap_or_else(|| panic!("{line:?} is no access")))
        .collect()
}

/// The accesses that Lambda itself makes with the role of a function: it polls the queue, writes the log, and hands over an
/// event that failed.
fn of_lambda(template: &Template) -> BTreeSet<Tried> {
    let mut needed = BTreeSet::new();
    for source in &template.event_sources {
        for action in ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"] {
            let action = format!("sqs:{action}");
            needed.insert(tried(&source.function, &action, &arn::queue(&source.queue)));
        }
    }
    for (name, function) in &template.functions {
        let group = arn::log_group(function.log_group.as_ref().unwrap());
        needed.insert(tried(name, "logs:CreateLogStream", &group));
        needed.insert(tried(name, "logs:PutLogEvents", &group));
        if let Some(queue) = &function.failed_events {
            needed.insert(tried(name, "sqs:SendMessage", &arn::queue(queue)));
        }
    }
    needed
}

/// The accesses of EventBridge Scheduler: it invokes the sender, and keeps a start that failed.
fn of_scheduler() -> BTreeSet<Tried> {
    let sender = arn::function("reinvite-local-sender");
    let dead_letters = arn::queue("FiringDeadLetters");
    [
        tried("SchedulerRole", "lambda:InvokeFunction", &sender),
        tried("SchedulerRole", "sqs:SendMessage", &dead_letters),
        tried("SweepRole", "lambda:InvokeFunction", &sender),
    ]
    .into()
}

fn needed() -> BTreeSet<Tried> {
    let mut needed = recorded();
    needed.extend(of_lambda(&template()));
    needed.extend(of_scheduler());
    needed
}

/// One action of a statement on one resource.
#[derive(Clone)]
struct Grant {
    role: String,
    statement: Statement,
}

impl Grant {
    fn all(statements: &Statements) -> Vec<Self> {
        let mut grants = Vec::new();
        for (role, statement) in statements
            .iter()
            .flat_map(|(role, own)| own.iter().map(move |statement| (role, statement)))
        {
            for action in &statement.actions {
                for resource in &statement.resources {
                    let statement = Statement {
                        actions: vec![action.clone()],
                        resources: vec![resource.clone()],
                        conditions: statement.conditions.clone(),
                    };
                    grants.push(Self {
                        role: role.clone(),
                        statement,
                    });
                }
            }
        }
        grants
    }

    fn action(&self) -> &str {
        &self.statement.actions[0]
    }

    fn resource(&self) -> &str {
        &self.statement.resources[0]
    }

    fn allows(&self, access: &Tried) -> bool {
        self.role == access.function && self.statement.allows(&access.access())
    }

    /// The kinds of items that the grant reaches, as examples: only the table `Directory` has credentials.
    fn reach(&self) -> Vec<Tried> {
        let other = tried(&self.role, self.action(), self.resource());
        let credentials = Tried {
            credentials: true,
            ..other.clone()
        };
        let projected = |example: &Tried| Tried {
            projected: true,
            ..example.clone()
        };
        let mut reach = vec![other.clone()];
        if self.resource() == arn::table("Directory", None) {
            reach.extend([projected(&other), projected(&credentials), credentials]);
        }
        reach.retain(|example| self.allows(example));
        reach
    }
}

/// The differences between the accesses that are needed and the statements, a line each.
fn differences(needed: &BTreeSet<Tried>, statements: &Statements) -> Vec<String> {
    let grants = Grant::all(statements);
    let mut differences = Vec::new();

    for access in needed {
        match grants.iter().filter(|grant| grant.allows(access)).count() {
            1 => {}
            0 => differences.push(format!("missing: {access}")),
            _ => differences.push(format!("allowed twice: {access}")),
        }
    }

    for grant in &grants {
        let reach = grant.reach();
        if reach.is_empty() {
            let (role, statement) = (&grant.role, &grant.statement);
            differences.push(format!("never allows anything: {role} {statement:?}"));
        }
        for example in reach {
            let is_used = needed
                .iter()
                .any(|access| access.credentials == example.credentials && grant.allows(access));
            if !is_used {
                differences.push(format!("unused: {example}"));
            }
        }
    }
    differences
}

#[test]
fn each_role_allows_what_its_function_does_and_nothing_else() {
    let differences = differences(&needed(), &deployed());
    assert!(differences.is_empty(), "{differences:#?}");
}

/// The statements without each of their parts in turn: a whole statement, an action, a resource, or a condition.
fn each_part_removed(statements: &Statements) -> Vec<(String, Statements)> {
    let mut all = Vec::new();
    for (role, own) in statements {
        for (number, statement) in own.iter().enumerate() {
            let changed = |change: &dyn Fn(&mut Vec<Statement>)| {
                let mut changed = statements.clone();
                change(changed.get_mut(role).unwrap());
                changed
            };

            let removed = changed(&|own| drop(own.remove(number)));
            all.push((format!("{role}: {statement:?}"), removed));
            for (place, action) in statement.actions.iter().enumerate() {
                let removed = changed(&|own| drop(own[number].actions.remove(place)));
                all.push((format!("{role}: action {action}"), removed));
            }
            for (place, resource) in statement.resources.iter().enumerate() {
                let removed = changed(&|own| drop(own[number].resources.remove(place)));
                all.push((format!("{role}: resource {resource}"), removed));
            }
            // The service to which a role is passed is always the same, so only the test of the conditions sees it.
            for (place, condition) in statement.conditions.iter().enumerate() {
                if condition.key == "dynamodb:LeadingKeys" {
                    let removed = changed(&|own| drop(own[number].conditions.remove(place)));
                    all.push((format!("{role}: {condition:?}"), removed));
                }
            }
        }
    }
    all
}

#[test]
fn a_role_without_any_one_part_of_its_statements_is_noticed() {
    let (needed, deployed) = (needed(), deployed());
    let removals = each_part_removed(&deployed);
    assert!(removals.len() > 100, "{}", removals.len());

    for (removed, statements) in removals {
        let found = differences(&needed, &statements);
        assert!(!found.is_empty(), "not noticed: {removed}");
    }
}

#[test]
fn an_action_on_any_further_resource_is_noticed() {
    let (needed, deployed) = (needed(), deployed());
    for role in deployed.keys() {
        let mut statements = deployed.clone();
        statements.get_mut(role).unwrap().push(Statement {
            actions: vec!["dynamodb:Scan".to_owned()],
            resources: vec![arn::table("Resends", None)],
            conditions: Vec::new(),
        });
        let found = differences(&needed, &statements);
        let table = arn::table("Resends", None);
        assert_eq!(found, [format!("unused: {role} dynamodb:Scan {table}")]);
    }
}

#[test]
fn no_action_is_a_pattern_and_a_resource_only_for_a_reason() {
    let mut used = BTreeSet::new();
    for grant in Grant::all(&deployed()) {
        let (action, resource) = (grant.action(), grant.resource());
        assert!(!action.contains(['*', '?']), "{}: {action}", grant.role);
        if !resource.contains(['*', '?']) {
            continue;
        }

        let explained = PATTERNS.iter().position(|(explained, pattern, _)| {
            let pattern = Statement {
                actions: vec![(*explained).to_owned()],
                resources: vec![(*pattern).to_owned()],
                conditions: Vec::new(),
            };
            pattern.allows(&tried(&grant.role, action, resource).access())
        });
        let explained = explained
            .unwrap_or_else(|| panic!("{}: {action} on {resource} has no reason", grant.role));
        used.insert(explained);
    }
    assert_eq!(used.len(), PATTERNS.len(), "a reason without a pattern");
}

#[test]
fn a_role_is_passed_to_the_scheduler_only() {
    let grants = Grant::all(&deployed());
    let passing: Vec<_> = grants
        .iter()
        .filter(|grant| grant.action() == "iam:PassRole")
        .collect();
    assert_eq!(passing.len(), 2);

    for grant in passing {
        let [condition] = grant.statement.conditions.as_slice() else {
            panic!("one condition")
        };
        assert_eq!(condition.operator, "StringEquals");
        assert_eq!(condition.key, "iam:PassedToService");
        assert_eq!(condition.values, ["scheduler.amazonaws.com"]);
    }
}

#[test]
fn only_functions_that_send_or_end_links_reach_credentials() {
    let (mut readers, mut judges) = (BTreeSet::new(), BTreeSet::new());
    let mut reaching = BTreeSet::new();
    for grant in Grant::all(&deployed()) {
        if grant.reach().iter().any(|example| example.credentials) {
            reaching.insert(grant.role.clone());
            if ["GetItem", "BatchGetItem", "Query", "PartiQLSelect"]
                .iter()
                .any(|read| grant.action().ends_with(read))
            {
                judges.insert(grant.role.clone());
                let whole = |example: &Tried| example.credentials && !example.projected;
                if grant.reach().iter().any(whole) {
                    readers.insert(grant.role.clone());
                }
            }
        }
    }

    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let expected: BTreeSet<String> = names(&["directory", "invitations", "resends", "sender"]);
    assert_eq!(reaching, expected);
    assert_eq!(judges, expected, "who reads the state of invitations");
    let expected: BTreeSet<String> = names(&["invitations", "sender"]);
    assert_eq!(readers, expected);
}

#[test]
fn only_a_stage_with_a_user_pool_may_set_passwords_in_it() {
    let template = template();
    let pooled = |credentials| {
        let resolver = resolver(&template, credentials);
        let grants = Grant::all(&statements(&template, &resolver));
        let pooled = grants
            .into_iter()
            .filter(|grant| grant.action().starts_with("cognito-idp:"));
        pooled.count()
    };
    assert_eq!(pooled(Credentials::None), 0);
    assert_eq!(pooled(Credentials::Table), 0);
    assert_eq!(pooled(Credentials::Cognito), 3);
}

#[test]
fn a_verified_parent_domain_may_be_named() {
    let template = template();
    let mut resolver = resolver(&template, Credentials::None);
    let parent = arn::ses("identity/example.com");
    let name = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    resolver.references.extend([
        name("FromAddress", "a@mail.example.com"),
        name("IdentityArn", &parent),
    ]);

    let grants = Grant::all(&statements(&template, &resolver));
    let senders: Vec<_> = grants
        .iter()
        .filter(|grant| grant.resource() == parent)
        .map(|grant| (grant.role.as_str(), grant.action()))
        .collect();
    let sends = "ses:SendBulkEmail";
    assert_eq!(senders, [("sender", sends), ("templates", sends)]);
}
